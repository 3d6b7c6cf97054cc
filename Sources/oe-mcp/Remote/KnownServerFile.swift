import Bridge
import Commands
import Crypto
import Files
import JSON
import JSONRPC
import Logging
import MCP
import MCPClient
import Text

/// What a remote server last said of itself, in a file of the user's cache: so that a client has an answer before the server
/// has one.
struct KnownServerFile: ServerMemory {
    private let folder: String
    private let name: String?
    private let log: Log

    /// Of more than this a server has no need.
    private static let limit = 1 << 20

    init(_ url: String, log: Log) {
        folder = Environment.cacheFolder + "/bridge"
        // An address may have a key in its query.
        name = (try? Crypto.digest(Array(url.utf8)))?.prefix(16).hexadecimal
        self.log = log
    }

    func recall() -> RemoteServer? {
        guard let name, let directory = try? PrivateDirectory(existing: folder, others: .nothing),
            let bytes = directory.contents(of: name, limit: Self.limit),
            let json = try? JSON(parsing: bytes, within: .message),
            let revision = json["revision"]?.string.flatMap({ Revision(rawValue: $0) }),
            case .object(let result)? = json["result"]
        else { return nil }
        return RemoteServer(revision, result)
    }

    func remember(_ server: RemoteServer) {
        guard let name, server != recall() else { return }
        let json: JSON = ["revision": .string(server.revision.rawValue), "result": .object(server.result)]
        let bytes = json.bytes
        guard bytes.count <= Self.limit else { return }
        do throws(FileError) {
            try PrivateDirectory(folder).replace(name, with: bytes)
        } catch {
            log.debug("What the server says of itself is not kept", ("cause", "\(error)"))
        }
    }
}
