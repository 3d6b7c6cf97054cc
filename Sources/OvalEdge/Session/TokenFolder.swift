import Crypto
import Files
import HTTP
import JSON
package import Logging
import Text

/// The file through which all processes of one user share the session token of one credential.
///
/// Its name is a keyed digest and its content is sealed, both under keys that come from the credential and from a random
/// key next to it: without the credential the file says nothing, and no one can forge one; without the random key it is
/// no test for guesses of the secret.
package struct TokenFolder: TokenStore {
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
    func file(for credentials: Credentials, at baseURL: String) throws(FileError) -> TokenFile? {
        guard let userToken = credentials.userToken, let userSecret = credentials.userSecret else { return nil }
        var failure = FileError("no directory is known for it")
        for path in directories {
            do {
                let directory = try PrivateDirectory(path)
                return try TokenFile(directory, userToken: userToken, userSecret: userSecret, baseURL: baseURL)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// What is shared at this moment, for who has to keep it out of something; nil where nothing is.
    package func liveToken(for credentials: Credentials, at baseURL: String) -> Secret? {
        (try? file(for: credentials, at: baseURL))??.record()?.token?.secret
    }

    package func opened(for credentials: Credentials, at baseURL: String) throws -> (any OpenTokenStore)? {
        try file(for: credentials, at: baseURL)
    }
}

/// A file whose directory was found good and whose keys are made.
struct TokenFile: Sendable {
    private let directory: PrivateDirectory
    private let name: String
    private let key: [UInt8]

    private static let sizeLimit = 1 << 18
    private static let saltName = "tokens.key"
    private static let saltSize = 32

    init(
        _ directory: PrivateDirectory,
        userToken: Secret,
        userSecret: Secret,
        baseURL: String
    ) throws(FileError) {
        self.directory = directory
        let credential = "\(userToken.revealed)\0\(userSecret.revealed)"
        do {
            let secret = try Self.salt(in: directory) + Array(credential.utf8)
            let nameKey = try Crypto.derivedKey(from: secret, purpose: "oe-mcp session token: name of the file")
            name = try Crypto.authentication(of: Array(baseURL.utf8), key: nameKey).hexadecimal
            key = try Crypto.derivedKey(from: secret, purpose: "oe-mcp session token: content of the file")
        } catch {
            throw (error as? FileError) ?? FileError("\(error)")
        }
    }

    /// The random key that all credentials in this directory share, made at its first use.
    private static func salt(in directory: PrivateDirectory) throws -> [UInt8] {
        for _ in 0..<3 {
            if let salt = directory.contents(of: saltName, limit: saltSize), salt.count == saltSize { return salt }
            // What is damaged or open to others is worth nothing, and what hangs on it can be fetched again.
            directory.remove(saltName)
            _ = try directory.create(saltName, with: try Crypto.randomBytes(saltSize))
        }
        throw directory.foreign(saltName)
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
    func write(_ record: TokenRecord) throws(FileError) {
        let sealed: [UInt8]
        do {
            sealed = try Crypto.sealed(record.json.bytes, key: key, context: context)
        } catch {
            throw FileError(error.description)
        }
        try directory.replace(fileName, with: sealed)
    }

    /// Nil when another process holds it.
    func lock() throws(FileError) -> FileLock? { try directory.lock(name + ".lock") }

    private var fileName: String { name + ".token" }
    /// Binds the content to its file, so that a file under another's name does not open.
    private var context: [UInt8] { Array("oe-mcp \(TokenRecord.schema) \(fileName)".utf8) }
}

extension TokenFile: OpenTokenStore {
    private struct Turn: TokenTurn {
        let file: TokenFile
        /// Held as long as the turn is.
        let lock: FileLock

        func write(_ record: TokenRecord) throws -> Bool {
            try file.write(record)
            return true
        }

        func release() { withExtendedLifetime(lock) {} }
    }

    func turn() throws -> (any TokenTurn)? { try lock().map { Turn(file: self, lock: $0) } }
}
