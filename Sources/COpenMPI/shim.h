// What Squeeze needs of MPI; functions stand for macros, which Swift does not see.
#include <mpi.h>

static inline int sqMPIInitialize(int *threads) {
  int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, threads);
  if (code == MPI_SUCCESS) code = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  return code;
}

static inline int sqMPIIsSerialized(int threads) { return threads >= MPI_THREAD_SERIALIZED; }

static inline int sqMPIRank(int *rank) { return MPI_Comm_rank(MPI_COMM_WORLD, rank); }

static inline int sqMPISize(int *size) { return MPI_Comm_size(MPI_COMM_WORLD, size); }

static inline int sqMPISend(const void *bytes, int count, int rank, MPI_Request *request) {
  return MPI_Isend(bytes, count, MPI_BYTE, rank, 0, MPI_COMM_WORLD, request);
}

static inline int sqMPIReceive(void *bytes, int count, int rank, MPI_Request *request) {
  return MPI_Irecv(bytes, count, MPI_BYTE, rank, 0, MPI_COMM_WORLD, request);
}

static inline int sqMPITest(int count, MPI_Request *requests, int *done) {
  return MPI_Testall(count, requests, done, MPI_STATUSES_IGNORE);
}

static inline void sqMPICancel(int count, MPI_Request *requests) {
  for (int i = 0; i < count; i++)
    if (requests[i] != MPI_REQUEST_NULL) MPI_Cancel(&requests[i]);
}

static inline int sqMPIFinalize(void) { return MPI_Finalize(); }

static inline int sqMPIAbort(int code) { return MPI_Abort(MPI_COMM_WORLD, code); }

// A text for an error code, in a buffer of at least MPI_MAX_ERROR_STRING characters.
static inline void sqMPIText(int code, char *text) {
  int length = 0;
  if (MPI_Error_string(code, text, &length) != MPI_SUCCESS) text[0] = 0;
}

enum { sqMPITextSize = MPI_MAX_ERROR_STRING + 1 };
