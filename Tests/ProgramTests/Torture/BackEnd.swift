import JSON
import Synchronization
import TestSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Something that answers like OvalEdge on a port of this machine.
protocol BackEnd: Sendable {
    /// What the program needs to know of it; it asks for everything it is asked for, since requests are counted.
    var settings: [String: String] { get }
}

/// `oe-mcp-http sandbox`, with the faults it can play.
final class ServedSandbox: BackEnd {
    private let program: RunningProgram
    private let base: String

    static let secrets = ["sandbox-user-token", "sandbox-secret"]

    init(fault: String = "", tokenLife: Int = 3600) throws {
        let options = ["--port", "0", "--token-life", String(tokenLife)] + (fault.isEmpty ? [] : ["--fault", fault])
        program = try RunningProgram("oe-mcp-http", ["sandbox"] + options)
        guard let base = program.readLine() else { throw Conversation.Silence(expected: "the sandbox's address") }
        self.base = base
    }

    var settings: [String: String] {
        [
            "OVALEDGE_BASE_URL": base, "OVALEDGE_USER_TOKEN": Self.secrets[0],
            "OVALEDGE_USER_SECRET": Self.secrets[1], "OVALEDGE_RETRY_BACKOFF_SECONDS": "0",
            "OVALEDGE_CACHE_SECONDS": "0",
        ]
    }

    /// Ends it; what it counted.
    func counts() throws -> (requests: Int, exchanges: Int, mostExchangesAtOnce: Int) {
        program.signal(SIGTERM)
        let record = try JSON(parsing: program.readAll())
        let numbers = ["requests", "exchanges", "mostExchangesAtOnce"].compactMap { record[$0]?.int }
        guard numbers.count == 3 else { throw Conversation.Silence(expected: "three counts") }
        return (numbers[0], numbers[1], numbers[2])
    }
}

/// Signs everybody in, unless a test says otherwise, and answers all else as it says.
final class OwnBackEnd: BackEnd {
    static let userToken = #"usr_tok*Qx7"&<Zw>9_k"#
    static let userSecret = "s3c/Rt+Vq=Lm~Tz?\u{FC}8w'%"
    /// With every character that such a token may hold.
    static let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0b3J0dXJlIn0._zaN-8__sWq3vK-_Lr0_"

    private let server: LoopbackServer

    /// `answer` writes to the connection, or waits for its end.
    init(
        signIn: @escaping @Sendable (Connection) -> Void = { send(#"{"token":"\#(token)"}"#, to: $0) },
        _ answer: @escaping @Sendable (Received, Connection) -> Void
    ) throws {
        server = try LoopbackServer { connection in
            while let request = connection.request() {
                if request.line.contains("/user/token/generate") {
                    signIn(connection)
                } else {
                    answer(request, connection)
                }
            }
        }
    }

    static func send(_ json: String, status: String = "200 OK", to connection: Connection) {
        let head = "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n"
        connection.write(head + json)
    }

    var settings: [String: String] {
        [
            "OVALEDGE_BASE_URL": server.url, "OVALEDGE_USER_TOKEN": Self.userToken,
            "OVALEDGE_USER_SECRET": Self.userSecret, "OVALEDGE_RETRY_BACKOFF_SECONDS": "0",
            "OVALEDGE_CACHE_SECONDS": "0",
        ]
    }
}

/// Something that a thread of a back end reports, and a test waits for.
final class Report<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    var all: [Value] { values.withLock { $0 } }

    func add(_ value: Value) { values.withLock { $0.append(value) } }

    /// True once there are `count`; false when that takes too long.
    func reaches(_ count: Int, seconds: Double = RunningProgram.patience) -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while all.count < count {
            guard ContinuousClock.now < end else { return false }
            usleep(500)
        }
        return true
    }
}
