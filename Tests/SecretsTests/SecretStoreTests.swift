import Logging
import TestSupport
import Testing

@testable import Secrets

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

private let secret = Secret("q7RkW2mXc9TfLz4p")

@Suite struct `Storing a secret` {
    private let folder = TemporaryDirectory()

    private func surroundings(_ variables: [String: String] = [:]) -> SecretSurroundings {
        SecretSurroundings(service: "oe-mcp", variables: variables, home: folder.path, folders: [folder.path, "/bin"]) {
            _ in .success([])
        }
    }

    @Test func `writes a file that only this user can read, and removes it`() throws {
        let path = "\(folder.path)/secrets/token"
        let store = SecretStore(surroundings())
        for value in [Secret("another-1234"), secret] { try store.store(value, at: .file(path)) }
        #expect(folder.text("secrets/token") == secret.revealed)
        #expect(folder.mode("secrets/token") == 0o600)
        try store.remove(.file(path))
        #expect(folder.names(in: "secrets") == [])
        try store.remove(.file(path))
    }

    @Test func `removes what a process that was killed has left of the file`() throws {
        folder.write(Array("left".utf8), to: ".token.oe-5eafa7d1c0de.new")
        folder.write(Array("kept".utf8), to: ".other.oe-5eafa7d1c0de.new")
        try SecretStore(surroundings()).store(secret, at: .file("\(folder.path)/token"))
        #expect(Set(folder.names()) == [".other.oe-5eafa7d1c0de.new", "token"])
        folder.write(Array("left".utf8), to: ".token.oe-5eafa7d1c0de.new")
        try SecretStore(surroundings()).remove(.file("\(folder.path)/token"))
        #expect(folder.names() == [".other.oe-5eafa7d1c0de.new"])
    }

    #if !canImport(Darwin)
    @Test func `hands it to the key store as input, and to no one as an argument`() throws {
        try folder.addProgram(
            "secret-tool",
            "[ $1 = lookup ] && exec cat \(folder.path)/input; echo \"$*\" > \(folder.path)/words; cat > \(folder.path)/input"
        )
        let item = try #require(KeychainItem(profile: "prod", key: "token"))
        let store = SecretStore(surroundings(["DBUS_SESSION_BUS_ADDRESS": "unix:path=/none"]))
        try store.store(secret, at: .keychain(item))
        #expect(folder.text("input") == secret.revealed)
        #expect(folder.text("words") == "store -l oe-mcp prod token service oe-mcp profile prod key token\n")
        try store.remove(.keychain(item))
        #expect(folder.text("words") == "clear service oe-mcp profile prod key token\n")
    }

    @Test func `fails where the key store has not kept it`() throws {
        try folder.addProgram("secret-tool", "[ $1 = store ]")
        let item = try #require(KeychainItem(key: "token"))
        let error = #expect(throws: SecretFailure.self) {
            try SecretStore(surroundings(["DBUS_SESSION_BUS_ADDRESS": "x"])).store(secret, at: .keychain(item))
        }
        #expect(error?.kind == .missing)
    }

    @Test func `asks no key store where there is no bus`() throws {
        let item = try #require(KeychainItem(key: "token"))
        let variables = ["XDG_RUNTIME_DIR": folder.path]
        let error = #expect(throws: SecretFailure.self) {
            try SecretStore(surroundings(variables)).store(secret, at: .keychain(item))
        }
        #expect(error?.kind == .noProgram)
    }
    #endif

    @Test(arguments: ["", "a\nb", "a\0b"]) func `refuses what could not be read again`(text: String) {
        let error = #expect(throws: SecretFailure.self) {
            try SecretStore(surroundings()).store(Secret(text), at: .file("\(folder.path)/x"))
        }
        #expect(error?.kind == .unusable)
    }

    @Test(arguments: [SecretReference.variable("A"), .pass("a"), .onePassword("a/b/c"), .command(["/a"])])
    func `is left to the program that keeps it, but for files and the key store`(reference: SecretReference) {
        let error = #expect(throws: SecretFailure.self) { try SecretStore(surroundings()).store(secret, at: reference) }
        #expect(error?.kind == .unusable)
    }
}
