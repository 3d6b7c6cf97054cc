import Processes

/// Runs another program to its end, for commands that a person typed.
///
/// The server itself starts nothing.
enum ForeignCommand {
    struct Outcome {
        /// Nil when it was ended because it took too long; 128 and more after a signal.
        let code: Int32?
        /// What it wrote to both of its outputs, or to the first alone; 64 KiB at most.
        let output: String

        init(_ code: Int32?, _ output: [UInt8]) {
            self.code = code
            self.output = String(decoding: output, as: UTF8.self)
        }
    }

    /// It has nothing to read, and all that it has started ends with it; nil when it could not be started.
    static func outcome(
        _ path: String,
        _ arguments: [String],
        environment: [String: String],
        errors: Bool = true,
        seconds: Int
    ) -> Outcome? {
        let launch = ProgramLaunch(path, arguments, environment: environment)
        let run = ProgramRun(launch, joinsErrors: errors, cutsOutput: true, limit: .seconds(seconds))
        var found: Outcome?
        run.complete { outcome in
            switch outcome {
            case .ended(let code, let output, _): found = Outcome(code, output)
            case .timedOut(let output): found = Outcome(nil, output)
            case .flooded, .notStarted: found = nil
            }
        }
        return found
    }
}
