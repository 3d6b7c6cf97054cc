import HTTP
import Logging
import MCPClient
import OAuthClient
import Settings
import Synchronization
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A token in a file that others replace: it is read again when the file has changed, and when the server refuses it.
final class BearerFile: RemoteCredentials {
    private struct State {
        var token: Secret?
        var version: Version?
    }

    /// What distinguishes one version of the file from another.
    private struct Version: Hashable {
        let device: UInt64
        let node: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    private let path: String
    private let field: CredentialHeader
    private let log: Log
    private let state: Mutex<State>

    /// `last` is what was read when the program started.
    init(_ path: String, _ field: CredentialHeader, last: Secret?, log: Log) {
        self.path = path
        self.field = field
        self.log = log
        state = Mutex(State(token: last, version: Self.version(of: path)))
    }

    func fields() async throws(RemoteFailure) -> HTTPFields {
        if Self.version(of: path) != state.withLock({ $0.version }) { readAgain() }
        guard let token = state.withLock({ $0.token }) else {
            throw .notSignedIn(detail: "The file of MCP_REMOTE_BEARER_TOKEN_FILE holds no token. Write one into it.")
        }
        return field.fields(token)
    }

    func renew(_ fields: HTTPFields, challenge _: String?, status _: HTTPStatus) async throws(RemoteFailure) -> Bool {
        readAgain()
        guard let token = state.withLock({ $0.token }) else { return false }
        return field.fields(token)[field.name] != fields[field.name]
    }

    /// A file that cannot be used for a moment leaves the token that was there.
    private func readAgain() {
        let version = Self.version(of: path)
        guard case .content(let bytes, _) = SettingsFile.onDisk(path, isSecret: true),
            let text = String(validating: bytes, as: UTF8.self)?.trimmed, !text.isEmpty
        else {
            log.warning("MCP_REMOTE_BEARER_TOKEN_FILE cannot be read, so the last token is kept. Check the file.")
            return
        }
        let token = Secret(text)
        log.redactor.add(token)
        state.withLock { $0 = State(token: token, version: version) }
    }

    private static func version(of path: String) -> Version? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        return Version(
            device: UInt64(truncatingIfNeeded: status.st_dev),
            node: UInt64(truncatingIfNeeded: status.st_ino),
            size: Int64(status.st_size),
            seconds: Int(time.tv_sec),
            nanoseconds: Int(time.tv_nsec)
        )
    }
}
