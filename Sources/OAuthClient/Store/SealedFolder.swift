import Crypto
import Files
import JSON
import Logging
import Text

/// A private folder whose files are sealed under a key that lies there as well, for this user alone.
///
/// The seal binds a file to its name, so that none can be put in another's place.
struct SealedFolder: Sendable {
    let path: String
    let clock: ClientClock
    let log: Log

    private static let keyName = "key"
    private static let longest = 1 << 20

    /// Nil where there is no such file, or one that this key does not open.
    func contents(of name: String) -> JSON? {
        guard let folder = try? PrivateDirectory(existing: path, others: .nothing),
            let sealed = folder.contents(of: name, limit: Self.longest),
            let key = folder.contents(of: Self.keyName, limit: 64), key.count == 32,
            let plain = try? Crypto.opened(sealed, key: key, context: Self.context(name))
        else { return nil }
        return try? JSON(parsing: plain)
    }

    /// Of all files with this ending; none where there is no folder.
    func names(ending: String) -> [String] {
        let folder = try? PrivateDirectory(existing: path, others: .nothing)
        return ((try? folder?.names()) ?? []).filter { $0.hasSuffix(ending) }.sorted()
    }

    /// Two must not do this at once with one name: it is done in one's ``turn(at:patience:)``.
    func replace(_ name: String, with json: JSON) throws(SignInFailure) {
        do {
            let folder = try PrivateDirectory(path)
            let sealed = try Crypto.sealed(json.bytes, key: try key(in: folder), context: Self.context(name))
            try folder.replace(name, with: sealed, durably: true)
        } catch {
            throw Self.failure(error)
        }
    }

    func remove(_ name: String) { (try? PrivateDirectory(existing: path, others: .nothing))?.remove(name) }

    /// The turn of one process, and of one part of it, until the value goes.
    func turn(at name: String, patience: Double = 45) async throws(SignInFailure) -> FileLock {
        var (pause, waited) = (0.002, 0.0)
        while true {
            if let lock = try held(name + ".lock") { return lock }
            guard waited < patience else {
                throw SignInFailure(.store, "Another process has been using \(path)/\(name) for too long.")
            }
            guard (try? await clock.sleep(pause)) != nil else {
                throw SignInFailure(.cancelled, "The wait for another process was cancelled.")
            }
            waited += pause
            pause = min(pause * 1.5, 0.05)
        }
    }

    private func held(_ name: String) throws(SignInFailure) -> FileLock? {
        do throws(FileError) {
            return try PrivateDirectory(path).lock(name)
        } catch {
            throw Self.failure(error)
        }
    }

    private func key(in folder: PrivateDirectory) throws -> [UInt8] {
        if let key = folder.contents(of: Self.keyName, limit: 64), key.count == 32 { return key }
        guard try folder.create(Self.keyName, with: try Crypto.randomBytes(32)) else {
            // Another process has made it at this moment, or it is not to be believed.
            guard let key = folder.contents(of: Self.keyName, limit: 64), key.count == 32 else {
                throw FileError("\(path)/\(Self.keyName) is not a key of this user", remedy: nil)
            }
            return key
        }
        guard let key = folder.contents(of: Self.keyName, limit: 64) else {
            throw FileError("\(path)/\(Self.keyName) cannot be read", remedy: nil)
        }
        return key
    }

    private static func context(_ name: String) -> [UInt8] { Array("oe-mcp sign-in 1 \(name)".utf8) }

    private static func failure(_ error: any Error) -> SignInFailure {
        let remedy = (error as? FileError)?.remedy.map { " \($0)" } ?? ""
        return SignInFailure(.store, "The sign-in cannot be kept: \(error).\(remedy)")
    }

    /// The name of a file for what is known by these texts.
    static func name(_ texts: [String], ending: String) throws(SignInFailure) -> String {
        do throws(CryptoUnavailable) {
            return try Crypto.digest(texts.lengthPrefixed).prefix(20).hexadecimal + ending
        } catch {
            throw SignInFailure(.store, "\(error)")
        }
    }
}
