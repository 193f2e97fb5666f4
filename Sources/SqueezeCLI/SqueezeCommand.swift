import ArgumentParser
import Foundation
import Logging
import Squeeze

/// The `squeeze` command: parses arguments and prints results.
@main
struct SqueezeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "squeeze",
    abstract: "Makes neural networks use fewer resources.",
    discussion: """
      Reads a convolutional network (ONNX, .sqz, Deep Compression .net, safetensors), says \
      what it costs, redesigns, trains and compresses it, and runs it fast on a CPU.

      EXAMPLES
        squeeze demo                                   show the main job without any file
        squeeze inspect model.onnx                     parameters, MACs and bytes of every node
        squeeze run model.onnx cat.jpg --preprocess imagenet
        squeeze evaluate model.onnx --data pictures/ --preprocess imagenet
        squeeze convert model.onnx model.sqz           write it losslessly smaller
        squeeze verify model.onnx model.sqz            prove that nothing changed
        squeeze benchmark model.sqz --threads 2
        squeeze new mobilenet-v2 -o mobilenet.onnx     build a published network (squeeze models)
        squeeze rewrite a.sqz b.sqz --apply "fire-module"   change the design by boosters
        squeeze compare a.sqz b.sqz                    parameters, MACs and bytes side by side
        squeeze profile model.sqz --svg profile.svg    where the time goes, and what bounds it
        squeeze train config.yaml --data pictures/     train as a config says (train --example mnist)
        squeeze compress model.sqz small.sqz --data pictures/ --target-size 400KB
        squeeze blame model.sqz small.sqz --data pictures/   which layer made it worse
        squeeze runs                                   what was trained, and how it went
        squeeze plan distributed resnet-9 --nodes 64   how training would scale over a cluster

      Results go to standard output, progress to standard error. Every command takes --json. Exit \
      codes: 0 done, 1 the work failed, 64 wrong usage. SQUEEZE_LOG=debug shows remarks of the library.
      """,
    version: SqueezeVersion.current,
    subcommands: [
      Inspect.self, Run.self, Evaluate.self, Convert.self, Verify.self, Benchmark.self,
      BenchmarkTraining.self, BenchmarkLayers.self, Profile.self, Probe.self, Operators.self,
      Models.self, New.self, Rewrite.self, Compare.self, Devices.self, Search.self, Train.self,
      Runs.self, Compress.self, Blame.self, Plan.self, Demo.self,
    ]
  )

  static func main() {
    let level = ProcessInfo.processInfo.environment["SQUEEZE_LOG"].flatMap {
      Logger.Level(rawValue: $0)
    }
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = level ?? .warning
      return handler
    }
    main(nil)
  }
}
