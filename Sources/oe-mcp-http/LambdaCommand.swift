import Commands
import CurlHTTP
import HTTP
import Lambda
import Logging
import OvalEdge
import Settings
import StreamableHTTP
import Telemetry

/// `oe-mcp-http lambda`: serves MCP as a function of AWS Lambda, for as long as its runtime hands over invocations.
enum LambdaCommand {
    static let description = CommandLineCommand(
        "lambda",
        "Serve MCP as an AWS Lambda function; the bootstrap of the package starts it.",
        options: CommandLineOption.catalog
    )

    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        let variables = Environment.variables
        guard let address = variables["AWS_LAMBDA_RUNTIME_API"], !address.isEmpty else {
            throw UsageError(
                "AWS_LAMBDA_RUNTIME_API is not set, so this is not AWS Lambda.",
                advice: "Deploy it with scripts/deploy.sh, or serve on a port with `oe-mcp-http serve`."
            )
        }
        let runtime = LambdaRuntime(at: address, client: CurlClient(direct, log: .none))
        let atOnce = variables["AWS_LAMBDA_MAX_CONCURRENCY"].flatMap { Int($0) } ?? 1
        do {
            let (function, log) = try function(line, runtime)
            let failure = Waiter.run { await function.serveAll(atOnce: min(atOnce, mostAtOnce)) }
            log.error("the runtime hands over no more", ("cause", failure.description))
            return 1
        } catch {
            report(error, to: runtime)
            throw error
        }
    }

    private static let mostAtOnce = 64

    /// No proxy stands before the runtime, which lets its next invocation be waited for without an end.
    private static var direct: CurlConfiguration { CurlConfiguration(timeout: .seconds(2_000_000), proxy: "") }

    private static func function(
        _ line: ParsedCommandLine,
        _ runtime: LambdaRuntime
    ) throws -> (LambdaFunction, Log) {
        let serve = try HTTPServeCommand(line)
        let settings = serve.wiring.settings
        var configuration = try serve.configuration(settings, isLoopback: false)
        configuration.sendsStreams = settings.listen.streamsOnLambda
        let log = serve.wiring.log
        serve.warn()
        serve.mode.prepare()
        log.info("serving AWS Lambda", ("mode", settings.account.authMode.rawValue))
        let tracer = serve.wiring.telemetry.tracer
        let function = LambdaFunction(
            runtime,
            serve.service(configuration),
            streams: configuration.sendsStreams,
            log: log
        ) { tracer?.flush(within: .seconds(1)) }
        return (function, log)
    }

    /// The runtime shows it to who deploys the function; that it is not taken changes nothing.
    private static func report(_ error: any Error, to runtime: LambdaRuntime) {
        let isSettings = error is SettingsError
        let text = RemedyTexts.namingSettings.description(of: error)
        Waiter.run { () async -> Void in
            try? await runtime.failToStart(isSettings ? "Runtime.InvalidSettings" : "Runtime.CannotStart", text)
        }
    }
}
