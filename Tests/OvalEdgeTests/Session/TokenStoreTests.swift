import Crypto
import Files
import JSON
import Logging
import TestSupport
import Testing

@testable import OvalEdge

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `The token store` {
    private let place = TemporaryDirectory()
    private var directory: String { place.path + "/cache/oe-mcp" }
    private let address = "https://acme.net"

    private func opened(_ credentials: Credentials = .ann, at address: String = "https://acme.net") throws
        -> TokenFile
    {
        try #require(try TokenFolder(directories: [directory]).file(for: credentials, at: address))
    }

    private var record: TokenRecord {
        let token = SessionToken(jwt(#"{"exp":5000.5}"#), receivedAt: 1000.25, isAdopted: true)
        return TokenRecord(
            generation: 7,
            token: token,
            exchangingSince: 999.5,
            contention: Contention(refusals: [1, 2.5])
        )
    }

    /// The name of the one token file there is.
    private func tokenFile() throws -> String {
        "cache/oe-mcp/" + (try #require(place.names(in: "cache/oe-mcp").first { $0.hasSuffix(".token") }))
    }

    @Test func `keeps what was written, for the owner alone`() throws {
        try opened().write(record)
        #expect(try opened().record() == record)
        #expect(place.mode("cache/oe-mcp") == 0o700)
        #expect(place.mode(try tokenFile()) == 0o600)
        #expect(place.mode("cache/oe-mcp/tokens.key") == 0o600)
        #expect(place.names(in: "cache/oe-mcp").count == 2)
    }

    @Test func `shows neither credential nor token nor address`() throws {
        try opened().write(record)
        let name = try tokenFile()
        let text = String(decoding: place.contents(name), as: UTF8.self) + name
        for secret in ["ann", "acme", "token\"", jwt(#"{"exp":5000.5}"#)] { #expect(!text.contains(secret)) }
    }

    @Test func `has another file for another credential or address`() throws {
        try opened().write(record)
        let other = Credentials(userToken: Secret("bob-token"), userSecret: Secret("ann-secret-5678"))
        let otherSecret = Credentials(userToken: Secret("ann-token-1234"), userSecret: Secret("another"))
        #expect(try opened(other).record() == nil)
        #expect(try opened(otherSecret).record() == nil)
        #expect(try opened(at: "https://acme.net/ovaledge").record() == nil)
    }

    @Test func `is absent before anything was written, and when files vanish`() throws {
        let store = try opened()
        #expect(store.record() == nil)
        try store.write(record)
        unlink("\(place.path)/\(try tokenFile())")
        #expect(store.record() == nil)
        try store.write(record)
        #expect(store.record() == record)
    }

    @Test func `does not believe a damaged file, and replaces it`() throws {
        let store = try opened()
        try store.write(record)
        let name = try tokenFile()
        let good = place.contents(name)
        var touched = good
        touched[good.count / 2] ^= 1
        for bytes in [[], [1], Array(good.dropLast()), touched, good + [0], [UInt8](repeating: 0, count: 1 << 19)] {
            place.write(bytes, to: name)
            #expect(store.record() == nil)
        }
        try store.write(record)
        #expect(store.record() == record)
    }

    @Test func `does not believe a file that carries another's name`() throws {
        let store = try opened()
        try store.write(record)
        let bytes = place.contents(try tokenFile())
        let other = try opened(at: "https://other.net")
        try other.write(TokenRecord())
        for name in place.names(in: "cache/oe-mcp") { place.write(bytes, to: "cache/oe-mcp/\(name)") }
        #expect(other.record() == nil)
        #expect(store.record() == record)
    }

    @Test(arguments: [0o644, 0o660, 0o604])
    func `does not believe a file that is open to others`(_ mode: Int) throws {
        let store = try opened()
        try store.write(record)
        chmod("\(place.path)/\(try tokenFile())", mode_t(mode))
        #expect(store.record() == nil)
        try store.write(record)
        #expect(place.mode(try tokenFile()) == 0o600)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
    func `does not believe what belongs to someone else`() throws {
        let store = try opened()
        try store.write(record)
        chown("\(place.path)/\(try tokenFile())", 1, 1)
        #expect(store.record() == nil)
        chown(directory, 1, 1)
        #expect(throws: FileError.self) { try opened() }
    }

    @Test func `follows no link, neither to a file nor to a directory`() throws {
        let store = try opened()
        try store.write(record)
        let name = try tokenFile()
        rename("\(place.path)/\(name)", "\(place.path)/elsewhere")
        symlink("\(place.path)/elsewhere", "\(place.path)/\(name)")
        #expect(store.record() == nil)
        try store.write(TokenRecord(generation: 1))
        #expect(store.record()?.generation == 1)
        mkdir("\(place.path)/real", 0o700)
        symlink("\(place.path)/real", "\(place.path)/link")
        #expect(throws: FileError.self) { try PrivateDirectory("\(place.path)/link") }
    }

    @Test(.timeLimit(.minutes(5))) func `is not held up by a pipe in place of the file`() throws {
        let store = try opened()
        try store.write(record)
        let path = "\(place.path)/\(try tokenFile())"
        unlink(path)
        mkfifo(path, 0o600)
        #expect(store.record() == nil)
        try store.write(record)
        #expect(store.record() == record)
    }

    /// Security M6.
    @Test func `leaves a directory that is open to others as it is, and does not use it`() throws {
        mkdir("\(place.path)/cache", 0o700)
        mkdir(directory, 0o755)
        chmod(directory, 0o777)
        #expect(throws: FileError.self) { try opened() }
        #expect(place.mode("cache/oe-mcp") == 0o777 && place.names(in: "cache/oe-mcp").isEmpty)
    }

    /// Security L8: name and content were derived from the credential alone.
    @Test func `is no test for guesses of the secret without the key next to it`() throws {
        try opened().write(record)
        let name = try tokenFile()
        let bytes = place.contents(name)
        for name in place.names(in: "cache/oe-mcp") { unlink("\(directory)/\(name)") }
        // The same credential, the same address, another key.
        let store = try opened()
        #expect(store.record() == nil)
        try store.write(TokenRecord())
        #expect(try tokenFile() != name)
        place.write(bytes, to: try tokenFile())
        #expect(store.record() == nil)
    }

    /// Security L8.
    @Test func `takes an account's name in the audit log from the user token and the address alone`() throws {
        let address = "https://acme.net"
        let other = Credentials(userToken: Secret("ann-token-1234"), userSecret: Secret("another"))
        let digest = try Credentials.ann.accountDigest(at: address)
        #expect(digest.count == 32)
        #expect(try other.accountDigest(at: address) == digest)
        #expect(try Credentials.ann.accountDigest(at: address + "/x") != digest)
        #expect(
            try Credentials(userToken: Secret("bob-token"), userSecret: Secret("another")).accountDigest(at: address)
                != digest
        )
    }

    /// Code R16: all accounts were one.
    @Test func `gives no account without a user token`() {
        #expect(throws: OvalEdgeError.self) {
            try Credentials(userToken: nil, userSecret: Secret("s")).accountDigest(at: "https://acme.net")
        }
    }

    @Test func `takes the next directory when the first cannot be used`() throws {
        place.write([1], to: "file")
        let store = TokenFolder(directories: ["\(place.path)/file/oe-mcp", directory])
        try #require(try store.file(for: .ann, at: address)).write(record)
        #expect(try opened().record() == record)
        #expect(throws: FileError.self) {
            try TokenFolder(directories: ["\(place.path)/file/oe-mcp"]).file(for: .ann, at: address)
        }
        #expect(throws: FileError.self) { try TokenFolder(directories: []).file(for: .ann, at: address) }
    }

    @Test func `is not opened without a credential`() throws {
        let nobody = Credentials(userToken: nil, userSecret: nil)
        #expect(try TokenFolder(directories: [directory]).file(for: nobody, at: address) == nil)
        #expect(place.names().isEmpty)
    }

    @Test func `is locked by one at a time`() throws {
        let (one, two) = (try opened(), try opened())
        do {
            let lock = try #require(try one.lock())
            #expect(try two.lock() == nil)
            withExtendedLifetime(lock) {}
        }
        #expect(try two.lock() != nil)
    }

    @Test func `does not take a lock on a file that was swept away for one`() throws {
        let store = try opened()
        let lock = try #require(try store.lock())
        for name in place.names(in: "cache/oe-mcp") { unlink("\(directory)/\(name)") }
        #expect(try store.lock() != nil)
        withExtendedLifetime(lock) {}
    }

    @Test(
        arguments: [
            ("/run/user/1", "/cache", "/home/ann", ["/run/user/1/oe-mcp", "/cache/oe-mcp"]),
            (nil, "relative", "/home/ann/", ["/home/ann/.cache/oe-mcp"]),
            ("", nil, "/home/ann", ["/home/ann/.cache/oe-mcp"]),
            ("/run/user/1/", nil, nil, ["/run/user/1/oe-mcp"]),
            (nil, nil, nil, []),
        ] as [(String?, String?, String?, [String])]
    )
    func `lives in the runtime directory or in the cache`(
        _ runtime: String?,
        _ cache: String?,
        _ home: String?,
        _ expected: [String]
    ) {
        #if canImport(Darwin)
        let expected = expected.map { $0 == "/home/ann/.cache/oe-mcp" ? "/home/ann/Library/Caches/oe-mcp" : $0 }
        #endif
        let found = TokenFolder.usualDirectories(runtimeDirectory: runtime, cacheDirectory: cache, home: home)
        #expect(found == expected)
    }
}

@Suite struct `What processes share with each other` {
    @Test(arguments: ["{}", "[]", #"{"schema":2,"generation":1}"#, #"{"schema":1}"#, #"{"schema":"1","generation":1}"#])
    func `is nothing in another schema`(_ text: String) throws {
        #expect(TokenRecord(try .init(parsing: text)) == nil)
    }

    @Test func `is a pattern after four refusals in a minute`() {
        var contention = Contention()
        for now in [0, 10, 20.0] {
            contention.refused(at: now)
            #expect(!contention.isContended(at: now) && contention.pause(at: now) == 0)
        }
        contention.refused(at: 30)
        #expect(contention.isContended(at: 30) && contention.pause(at: 30) == 5)
        #expect(contention.pause(at: 34) == 1 && contention.pause(at: 36) == 0)
        #expect(!contention.isContended(at: 61))
    }

    @Test func `means longer and longer pauses`() {
        var contention = Contention()
        var pauses: [Double] = []
        for now in 0..<8 {
            contention.refused(at: Double(now))
            pauses.append(contention.pause(at: Double(now)))
        }
        #expect(pauses == [0, 0, 0, 5, 10, 20, 30, 30])
    }

    @Test func `is no pattern when the clock was set back`() {
        let contention = Contention(refusals: [1000, 1001, 1002, 1003])
        #expect(!contention.isContended(at: 500) && contention.pause(at: 500) == 0)
    }
}
