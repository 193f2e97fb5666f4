import SqueezeMPI
import SqueezeTrain
import Testing

@Suite struct MPIJobTests {
  @Test("without mpirun a process is alone")
  func alone() throws {
    let communicator = try MPIJob.join(environment: ["PATH": "/bin"])
    #expect(communicator.rank == 0 && communicator.size == 1)
    #expect(MPIJob.localSize(environment: [:]) == 1)
    for size in ["0", "x", "-1", "1"] {
      let environment = ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": size]
      #expect(try MPIJob.join(environment: environment).size == 1)
    }
  }

  @Test("mpirun says how many ranks share the machine")
  func localSize() {
    let environment = [
      "OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_SIZE": "2",
    ]
    #expect(MPIJob.localSize(environment: environment) == 2)
  }

  #if !MPI
    @Test("a build without MPI does not train several times by accident")
    func refuses() {
      let environment = ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"]
      let error = #expect(throws: CommunicationError.self) {
        try MPIJob.join(environment: environment)
      }
      #expect(error?.reason.contains("--traits MPI") == true)
    }
  #endif
}
