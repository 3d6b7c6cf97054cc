import HTTP
import JSON
import Logging
import MCP
import OvalEdge
import OvalEdgeContent
import OvalEdgeTools
import Sandbox
import Synchronization
import TestSupport
import Testing
import Writes

/// Fifty people on one server: nothing of one reaches another.
@Suite(.timeLimit(.minutes(1))) struct `Fifty people on one server` {
    private static let people = 0..<50
    private let tenants = ManyTenants(Self.people.count)
    private let lines = Lines()
    private let folder = TemporaryDirectory()
    private let keys = TemporaryDirectory()

    /// Those with an even number may write.
    private static func principal(_ person: Int) -> Principal {
        Principal("person-\(person)", issuer: "https://id.example.com", scopes: person % 2 == 0 ? ["write"] : ["read"])
    }

    private func accounts() -> AccountPool {
        let (writing, reading) = (ToolAccess(allowing: [.governance], confirmBy: .token), ToolAccess())
        let process = Log(.debug) { [lines] in lines.add($0) }
        return AccountPool(remedies: .neutral, log: process) {
            $0.scopes?.contains("write") == true ? writing : reading
        } make: { [tenants] principal in
            let person = Int(principal.id.subject.dropFirst("person-".count)) ?? -1
            let log = process.with(("account", principal.id.subject))
                .redacting(with: Redactor(parent: process.redactor))
            let configuration = OvalEdgeConfiguration(baseURL: Sandbox.baseURL, timeZone: "UTC", logsRequests: true)
            let credentials = Credentials(
                userToken: Secret(ManyTenants.userToken(person)),
                userSecret: Secret(ManyTenants.userSecret(person))
            )
            let exchange = TokenExchange(
                configuration,
                credentials: credentials,
                client: tenants,
                redactor: log.redactor
            )
            let api = OvalEdgeAPI(
                configuration,
                cache: ReadCache(ttl: 60),
                client: tenants,
                broker: TokenBroker(exchange, log: log),
                remedies: .neutral,
                log: log
            )
            return Account(digest: { try credentials.accountDigest(at: Sandbox.baseURL) }, remedies: .neutral, log: log)
            {
                () throws(OvalEdgeError) in api
            }
        }
    }

    private func server(_ accounts: AccountPool) -> Server {
        let completer = Completer(accounts)
        let audit = AuditLog(folder: folder.path, key: AuditKeyFile(keys.path + "/audit.key"))
        return Server(
            info: ServerInfo(name: "test", version: "1", instructions: ""),
            tools: Registry(accounts, workflow: WriteWorkflow(audit: audit)),
            resources: OvalEdgeResources(accounts, completer: completer),
            prompts: OvalEdgePrompts(accounts, completer: completer),
            log: .none
        )
    }

    private func session(_ person: Int, _ server: Server, _ accounts: AccountPool) async throws -> TestSession {
        let principal = Self.principal(person)
        let session = TestSession(server, for: principal, log: accounts.account(for: principal).log)
        try await session.open()
        return session
    }

    /// What each of them saw, one line a person.
    private func all(_ see: @escaping @Sendable (Int) async throws -> String) async throws -> [String] {
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for person in Self.people { group.addTask { (person, try await see(person)) } }
            var seen = [String](repeating: "", count: Self.people.count)
            for try await (person, text) in group { seen[person] = text }
            return seen
        }
    }

    /// Whether a text names this person's connection, and nobody else's.
    private static func isOwn(_ text: String, of person: Int) -> Bool {
        people.allSatisfy { text.contains(ManyTenants.connection($0)) == ($0 == person) }
    }

    /// Rows: G159.
    @Test func `see their own catalog, are completed from it, and sign in once`() async throws {
        let (accounts, asset) = (accounts(), JSON(["object_id": 501, "object_type": "oetable"]))
        let server = server(accounts)
        let seen = try await all { person in
            let session = try await session(person, server, accounts)
            let first = try await session.call("asset_details", asset).text
            let asked = tenants.requestCount(of: person)
            let again = try await session.call("asset_details", asset).text
            #expect(tenants.requestCount(of: person) == asked, "the second call is answered from this one's cache")
            #expect(Self.isOwn(again, of: person))
            let completed = try await session.request(
                "completion/complete",
                [
                    "ref": ["type": "ref/prompt", "name": "explore_connection"],
                    "argument": ["name": "connection", "value": "warehouse"],
                ]
            ).text
            return first + completed
        }
        for person in Self.people {
            #expect(Self.isOwn(seen[person], of: person), "person \(person)")
            #expect(tenants.exchangeCount(of: person) == 1)
        }
        #expect(accounts.count == Self.people.count)
    }

    @Test func `have their own secrets redacted, and learn nothing of the others'`() async throws {
        let accounts = accounts()
        let server = server(accounts)
        let asset: JSON = ["object_id": 501, "object_type": "oetable"]
        let seen = try await all { person in
            try await session(person, server, accounts).call("asset_details", asset).text
        }
        for person in Self.people {
            #expect(!seen[person].contains(ManyTenants.userSecret(person)))
            // Were it redacted, anyone who can write to the catalog could test whether a guess is a live secret.
            let neighbour = ManyTenants.userSecret(person + 1)
            #expect(seen[person].contains(neighbour) == Self.people.contains(person + 1))
        }
    }

    @Test func `are listed and may use what their scopes allow`() async throws {
        let accounts = accounts()
        let server = server(accounts)
        let seen = try await all { person in
            let session = try await session(person, server, accounts)
            let call = try await session.request("tools/call", ["name": "create_tag", "arguments": ["tag_name": "A"]])
            let list = try await session.request("tools/list").text
            #expect(call.text.contains("is disabled") == (person % 2 != 0))
            return list
        }
        for person in Self.people { #expect(seen[person].contains(#""create_tag""#) == (person % 2 == 0)) }
    }

    @Test func `cannot agree to each other's changes`() async throws {
        let accounts = accounts()
        let server = server(accounts)
        let change: JSON = [
            "tag_name": "Legal", "create_directly_under_master": true, "parent_step_completed_by_user": true,
        ]
        let writers = Self.people.filter { $0 % 2 == 0 }
        let previews = try await all { person in
            guard person % 2 == 0 else { return "" }
            let preview = try await session(person, server, accounts).call("create_tag", change)
            return preview["structuredContent"]?["confirmationToken"]?.string ?? ""
        }
        #expect(Set(previews).count == writers.count + 1)
        let written = try await all { person in
            guard person % 2 == 0 else { return "" }
            let session = try await session(person, server, accounts)
            var call = change
            call["write_confirmed_by_user"] = true
            call["confirmation_token"] = .string(previews[(person + 2) % Self.people.count])
            let foreign = try await session.call("create_tag", call).text
            #expect(foreign.contains("The token does not match this call"))
            call["confirmation_token"] = .string(previews[person])
            return try await session.call("create_tag", call)["structuredContent"]?["written"]?.text ?? ""
        }
        #expect(writers.allSatisfy { written[$0] == "true" })
        let check = try AuditCheck(folder: folder.path, key: AuditKeyFile(keys.path + "/audit.key"))
        // Each entry of each change names the account that made it.
        #expect(check.isWhole && check.entries == 2 * writers.count)
        let digests = Dictionary(grouping: check.lines) { $0.members["account"]?.string ?? "" }
        #expect(digests.count == writers.count && digests.values.allSatisfy { $0.count == 2 })
    }

    @Test func `are told apart in the log, which holds none of their secrets`() async throws {
        let accounts = accounts()
        let server = server(accounts)
        _ = try await all { person in
            let asset: JSON = ["object_id": 501, "object_type": "oetable"]
            return try await session(person, server, accounts).call("asset_details", asset).text
        }
        let lines = lines.all
        for person in Self.people {
            let own = lines.filter { $0.contains(" account=person-\(person) ") }
            #expect(
                own.contains { $0.contains("info: tool ") && $0.contains(" request=2 tool=asset_details outcome=ok") }
            )
            #expect(
                own.contains { $0.contains("info: request ") && $0.contains(" request=2 tool=asset_details call=") }
            )
        }
        let text = lines.joined(separator: "\n")
        for person in Self.people {
            #expect(!text.contains(ManyTenants.userSecret(person)) && !text.contains(ManyTenants.userToken(person)))
            #expect(!text.contains(tenants.token(of: person)))
        }
    }
}

/// Lines of a log.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) { lines.withLock { $0.append(line) } }
}
