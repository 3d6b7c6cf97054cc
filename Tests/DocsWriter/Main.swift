import JSON
import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Rendering
import Sandbox
import Settings
import Writes

/// Writes one part of the pages that follow from the code, for `scripts/docs`: `docs-writer tools`.
@main
struct DocsWriter {
    private static let parts: [String: @Sendable () async throws -> String] = [
        "env-example": { SettingsTable(described).envExample },
        "settings": { SettingsRows.markdown(described) },
        "tools": { ListTable.tools },
        "prompts": { ListTable.prompts },
        "resources": { ListTable.resources },
        "manual": { try await manual },
        "clients": { ClientsTable.markdown },
        "doctor": { CheckTable.markdown },
        "cost": { ListCost.markdown.text },
        "metrics": { MetricsTable.markdown },
    ]

    private static var described: [SettingEntry] { Settings.described(version: ProgramVersion.current) }

    static func main() async throws {
        guard let part = CommandLine.arguments.dropFirst().first, let write = parts[part] else {
            fatalError("Name one of \(parts.keys.sorted().joined(separator: ", ")).")
        }
        let text = try await write()
        print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
    }

    /// Every tool, called in a sandbox that allows all writes.
    private static var manual: String {
        get async throws {
            let tools = Registry(accounts, workflow: workflow) { UntrustedDelimiter("sample") }
            return try await ToolManual(setting: { "OVALEDGE_ALLOW_WRITES=\($0.rawValue)" }) { name, arguments in
                let context = RequestContext(revision: .newestWithHandshake, clientName: "manual")
                return try await tools.call(name, arguments: arguments, in: context)
            }.page()
        }
    }

    private static var accounts: OneAccount {
        let configuration = OvalEdgeConfiguration(baseURL: Sandbox.baseURL, timeZone: "UTC")
        let credentials = Credentials(userToken: Secret(Sandbox.userToken), userSecret: Secret(Sandbox.userSecret))
        let client = SandboxClient()
        let exchange = TokenExchange(configuration, credentials: credentials, client: client, redactor: Redactor())
        let remedies = RemedyTexts { "\($0)." }
        let api = OvalEdgeAPI(
            configuration,
            client: client,
            broker: TokenBroker(exchange, log: .none),
            remedies: remedies,
            log: .none
        )
        let account = Account(digest: { "sandbox" }, remedies: remedies, log: .none) { () throws(OvalEdgeError) in api }
        return OneAccount(account, access: ToolAccess(allowing: Set(WriteFamily.allCases)))
    }

    /// The examples are previews, after which nothing is recorded.
    private static var workflow: WriteWorkflow {
        let nowhere = "/dev/null/audit"
        return WriteWorkflow(audit: AuditLog(folder: nowhere, key: AuditKeyFile(nowhere)))
    }
}
