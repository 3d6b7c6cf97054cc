import Commands
import HTTP
import JSON
import Logging
import Settings
import Text

/// `oe-mcp-http health`: whether a server answers, for checks of containers; the exit code says it.
enum HealthCommand {
    static let description = CommandLineCommand(
        "health",
        operands: "[URL]",
        "Ask a server whether it is healthy; without URL, the one of these settings.",
        options: Settings.listenOptions + Settings.options
    )

    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        let wiring = try Wiring(line, logLevel: .error, warns: false)
        let site = try MCPSite(line, wiring.settings)
        let outcome = Waiter.run { () async -> Result<HTTPResponse, HTTPFailure> in
            do throws(HTTPFailure) {
                return .success(try await wiring.client.send(HTTPRequest(.get, site.base + "/health")))
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success(let response):
            let status = (try? JSON(parsing: response.body))?["status"]?.string
            StandardOutput.write(VisibleText.line("\(site.base): \(status ?? "status \(response.status)")"))
            return response.status == .ok && status == "healthy" ? 0 : 1
        case .failure(let failure):
            let remedy = "Start the server, or pass its address to `health`."
            StandardError.write(VisibleText.line("oe-mcp-http: \(failure) \(remedy)"))
            return 1
        }
    }
}

/// The address of a server, given as its base or as its MCP address.
struct MCPSite {
    /// Without a slash at its end.
    let base: String

    var mcp: String { base + "/mcp" }

    /// The operand, else where the settings say that clients or this machine reach it.
    init(_ line: ParsedCommandLine, _ settings: Settings, isPublic: Bool = false) throws(UsageError) {
        guard line.operands.count < 2 else {
            throw UsageError("There is more than one address.", advice: "Write one, such as http://127.0.0.1:8000.")
        }
        let publicAddress = isPublic ? settings.listen.publicBaseURL?.text : nil
        try self.init(line.operands.first ?? publicAddress ?? Self.own(settings))
    }

    init(_ text: String) throws(UsageError) {
        guard let address = WebAddress(setting: text.trimmed) else {
            throw UsageError("The address cannot be used.", advice: "Write one such as http://127.0.0.1:8000/mcp.")
        }
        base = address.text.hasSuffix("/mcp") ? String(address.text.dropLast(4)) : address.text
    }

    private static func own(_ settings: Settings) -> String {
        let host = settings.listen.host.text
        let name = ["0.0.0.0", "::"].contains(host) ? "127.0.0.1" : host
        let scheme = settings.httpAccess.tlsCertificate == nil ? "http" : "https"
        return "\(scheme)://\(name.contains(":") ? "[\(name)]" : name):\(settings.listen.port)"
    }
}
