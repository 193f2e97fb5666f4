package import GRDB

extension RunDatabase {
  /// The tables, step by step as versions brought them; a step that was published never changes.
  package static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: runs, metrics, artefacts") { database in
      try database.execute(
        sql: """
          CREATE TABLE run (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            experiment TEXT NOT NULL,
            config TEXT NOT NULL,
            identity TEXT NOT NULL,
            version TEXT NOT NULL,
            data TEXT NOT NULL,
            machine TEXT NOT NULL,
            threads INTEGER NOT NULL,
            seed TEXT NOT NULL,
            state TEXT NOT NULL,
            reason TEXT,
            started REAL NOT NULL,
            ended REAL,
            process INTEGER,
            epochs INTEGER,
            steps INTEGER,
            seconds REAL,
            samples_per_second REAL,
            test_error REAL,
            test_loss REAL,
            best_test_error REAL,
            weights_sha256 TEXT
          );
          CREATE TABLE metric (
            run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
            name TEXT NOT NULL,
            step INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            value REAL,
            PRIMARY KEY (run, name, step)
          ) WITHOUT ROWID;
          CREATE TABLE artefact (
            run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
            path TEXT NOT NULL,
            kind TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            PRIMARY KEY (run, path)
          ) WITHOUT ROWID;
          """
      )
    }
    return migrator
  }
}
