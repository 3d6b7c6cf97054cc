import Files
import HTTP
import JSON
package import Logging

/// Where sign-ins are kept for all processes of this user.
package struct TokenVault: Sendable {
    let folder: SealedFolder

    /// `folder` is for this alone; it is made when there is something to keep.
    package init(folder: String, clock: ClientClock = .system, log: Log) {
        self.folder = SealedFolder(path: folder, clock: clock, log: log)
    }

    /// The sign-ins at a server, the newest first.
    package func records(server: String, profile: String = "") -> [SignInRecord] {
        let place = Self.place(of: server)
        return folder.names(ending: SignInRecord.ending)
            .compactMap { folder.contents(of: $0) }.compactMap { SignInRecord($0) }
            .filter { $0.server == place && $0.profile == profile }
            .sorted { $0.received > $1.received }
    }

    /// As it is at this moment; nil where it is gone.
    func current(_ record: SignInRecord) throws(SignInFailure) -> SignInRecord? {
        folder.contents(of: try record.name).flatMap { SignInRecord($0) }
    }

    func turn(_ record: SignInRecord) async throws(SignInFailure) -> FileLock {
        try await folder.turn(at: try record.name)
    }

    /// In one's ``turn(_:)``.
    func replace(_ record: SignInRecord) throws(SignInFailure) {
        try folder.replace(try record.name, with: record.json)
    }

    func keep(_ record: SignInRecord) async throws(SignInFailure) {
        let turn = try await turn(record)
        defer { withExtendedLifetime(turn) {} }
        try replace(record)
    }

    /// In one's ``turn(_:)``: only the pair of tokens that is named, and no newer one.
    func remove(_ record: SignInRecord) throws(SignInFailure) {
        guard let kept = try current(record), kept.access == record.access, kept.refresh == record.refresh else {
            return
        }
        folder.remove(try record.name)
    }

    /// The address of a server in the one form in which two that mean the same are equal.
    package static func place(of server: String) -> String {
        URLText(server).map { SignInDiscovery.canonical($0) } ?? server
    }
}

// What was registered at an authorization server.
extension TokenVault {
    func registration(at issuer: String) throws(SignInFailure) -> RegisteredIdentity? {
        folder.contents(of: try Self.name(of: issuer)).flatMap { RegisteredIdentity($0) }
    }

    func keep(_ registration: RegisteredIdentity) async throws(SignInFailure) {
        let name = try Self.name(of: registration.issuer)
        let turn = try await folder.turn(at: name)
        defer { withExtendedLifetime(turn) {} }
        try folder.replace(name, with: registration.json)
    }

    /// True where it was this client that was registered.
    @discardableResult
    func forget(_ client: ClientIdentity, at issuer: String) async throws(SignInFailure) -> Bool {
        guard try registration(at: issuer)?.identity.id == client.id else { return false }
        let name = try Self.name(of: issuer)
        let turn = try await folder.turn(at: name)
        defer { withExtendedLifetime(turn) {} }
        guard try registration(at: issuer)?.identity.id == client.id else { return false }
        folder.remove(name)
        return true
    }

    private static func name(of issuer: String) throws(SignInFailure) -> String {
        try SealedFolder.name([issuer], ending: ".client")
    }
}

// What a server has asked for that the last sign-in does not allow: the next one asks for it.
extension TokenVault {
    func wanted(server: String, profile: String) -> [String] {
        let name = try? Self.wantedName(server, profile)
        return SignInServer.texts(name.flatMap { folder.contents(of: $0) }?["scopes"])
    }

    func want(_ scopes: [String], server: String, profile: String) async throws(SignInFailure) {
        let name = try Self.wantedName(server, profile)
        let turn = try await folder.turn(at: name)
        defer { withExtendedLifetime(turn) {} }
        if scopes.isEmpty { return folder.remove(name) }
        try folder.replace(name, with: ["format": 1, "scopes": .strings(scopes)])
    }

    private static func wantedName(_ server: String, _ profile: String) throws(SignInFailure) -> String {
        try SealedFolder.name([place(of: server), profile], ending: ".wanted")
    }
}
