import Crypto
import Files
import HTTP
import JSON
import Logging
import Text

/// The file through which all processes of one user share the session token of one credential.
///
/// Its name is a keyed digest and its content is sealed, both under keys that come from the user secret: without the
/// credential the file says nothing, and nobody can forge one.
package struct TokenStore: Sendable {
    /// In the order in which they are tried.
    package let directories: [String]

    package init(directories: [String]) { self.directories = directories }

    /// The usual places: the runtime directory, which ends with the login, else the cache.
    package static func usualDirectories(
        runtimeDirectory: String?,
        cacheDirectory: String?,
        home: String?
    ) -> [String] {
        #if canImport(Darwin)
        let homeCache = "Library/Caches"
        #else
        let homeCache = ".cache"
        #endif
        let isUsable: (String?) -> String? = { $0.flatMap { $0.first == "/" ? $0 : nil } }
        let cache = isUsable(cacheDirectory) ?? isUsable(home).map { URLText.joined($0, homeCache) }
        return [isUsable(runtimeDirectory), cache].compactMap { $0 }.map { URLText.joined($0, "oe-mcp") }
    }

    /// Opens the first directory that can be used; nil when nothing can be named or sealed for lack of a credential.
    func opened(for credentials: Credentials, at baseURL: String) throws(FileTrouble) -> OpenTokenStore? {
        guard let userToken = credentials.userToken, let userSecret = credentials.userSecret else { return nil }
        var trouble = FileTrouble("no directory is known for it")
        for path in directories {
            do {
                let directory = try PrivateDirectory(path)
                return try OpenTokenStore(directory, userToken: userToken, userSecret: userSecret, baseURL: baseURL)
            } catch {
                trouble = error
            }
        }
        throw trouble
    }
}

/// A store whose directory was found good and whose keys are made.
struct OpenTokenStore: Sendable {
    private let directory: PrivateDirectory
    private let name: String
    private let key: [UInt8]

    private static let sizeLimit = 1 << 18

    init(
        _ directory: PrivateDirectory,
        userToken: Secret,
        userSecret: Secret,
        baseURL: String
    ) throws(FileTrouble) {
        self.directory = directory
        let secret = Array(userSecret.revealed.utf8)
        do {
            let nameKey = try Crypto.derivedKey(from: secret, purpose: "oe-mcp session token: name of the file")
            let label = Array("\(baseURL)\0\(userToken.revealed)".utf8)
            name = try Crypto.authentication(of: label, key: nameKey).hexadecimal
            key = try Crypto.derivedKey(from: secret, purpose: "oe-mcp session token: content of the file")
        } catch {
            throw FileTrouble(error.description)
        }
    }

    /// Nil when there is no file, or one that is damaged, foreign, open to others or of another schema.
    func record() -> TokenRecord? {
        guard let sealed = directory.contents(of: fileName, limit: Self.sizeLimit),
            let plain = try? Crypto.opened(sealed, key: key, context: context),
            let json = try? JSON(parsing: plain)
        else { return nil }
        return TokenRecord(json)
    }

    /// To be called by the holder of the lock alone.
    func write(_ record: TokenRecord) throws(FileTrouble) {
        let sealed: [UInt8]
        do {
            sealed = try Crypto.sealed(record.json.bytes, key: key, context: context)
        } catch {
            throw FileTrouble(error.description)
        }
        try directory.replace(fileName, with: sealed)
    }

    /// Nil when somebody else holds it.
    func lock() throws(FileTrouble) -> FileLock? { try directory.lock(name + ".lock") }

    private var fileName: String { name + ".token" }
    /// Binds the content to its file, so that a file under another's name does not open.
    private var context: [UInt8] { Array("oe-mcp \(TokenRecord.schema) \(fileName)".utf8) }
}
