package import Logging

/// What the files say that the settings of a program that listens name.
package struct ListenFiles: Sendable {
    /// The certificates and the key, as PEM.
    package private(set) var tls: (certificate: String, key: Secret)?
    package private(set) var sealKeys: KeyFile?
    /// Of the sign-in page.
    package private(set) var signInKeys: KeyFile?
    /// The clients that are registered by hand, as JSON.
    package private(set) var staticClients: [UInt8]?

    init() {}

    /// Complains to `reader` of what cannot be used.
    ///
    /// `oauth` is nil where no one signs in with OAuth, and `signIn` where no one does so on a page of ours.
    init(
        _ access: HTTPAccessSettings,
        _ oauth: OAuthSettings?,
        _ signIn: SignInSettings?,
        _ reader: inout SettingsReader,
        _ disk: SettingsDisk
    ) {
        if let certificate = access.tlsCertificate, let key = access.tlsKey {
            let certificates = Self.pem("MCP_TLS_CERTIFICATE", "CERTIFICATE", in: disk.file(certificate), &reader)
            let keys = Self.pem("MCP_TLS_KEY", "PRIVATE KEY", in: disk.secretFile(key), &reader)
            if let certificates, let keys { tls = (certificates, Secret(keys)) }
        }
        if let key = access.sealKey { sealKeys = Self.keys("MCP_SEAL_KEY", in: key, &reader) }
        if let key = signIn?.key { signInKeys = Self.keys("OAUTH_KEY", in: key, &reader) }
        if let path = access.sealKeyFile { sealKeys = Self.keys("MCP_SEAL_KEY_FILE", path, &reader, disk) }
        if let path = signIn?.keyFile { signInKeys = Self.keys("OAUTH_KEY_FILE", path, &reader, disk) }
        if let path = oauth?.caBundle { _ = Self.pem("OAUTH_CA_BUNDLE", "CERTIFICATE", in: disk.file(path), &reader) }
        guard let path = signIn?.staticClients else { return }
        let file = disk.file(path)
        if case .content(let bytes, _) = file {
            staticClients = bytes
        } else {
            reader.complain("OAUTH_STATIC_CLIENTS", "names a file that \(file.obstacle)", advice: file.advice)
        }
    }

    private static func keys(_ name: String, in text: Secret, _ reader: inout SettingsReader) -> KeyFile? {
        do throws(KeyFileFault) {
            return try KeyFile(parsing: text.revealed.split(separator: " ").joined(separator: "\n"))
        } catch {
            reader.complain(name, error.what, advice: error.advice)
            return nil
        }
    }

    private static func keys(
        _ name: String,
        _ path: String,
        _ reader: inout SettingsReader,
        _ disk: SettingsDisk
    ) -> KeyFile? {
        do throws(KeyFileFault) {
            return try KeyFile(disk.secretFile(path))
        } catch {
            reader.complain(name, "names a file that \(error.what)", advice: error.advice)
            return nil
        }
    }

    /// Complains of a file that cannot be read, or has no block of a kind.
    static func checkPEM(
        _ name: String,
        _ kind: String,
        at path: String,
        in file: SettingsFile,
        _ reader: inout SettingsReader
    ) {
        if case .content = file {
            _ = pem(name, kind, in: file, &reader)
        } else {
            reader.complain(name, "names \(path), a file that \(file.obstacle)", advice: file.advice)
        }
    }

    /// The text of a file with at least one block of a kind.
    private static func pem(
        _ name: String,
        _ kind: String,
        in file: SettingsFile,
        _ reader: inout SettingsReader
    ) -> String? {
        guard case .content(let bytes, _) = file else {
            reader.complain(name, "names a file that \(file.obstacle)", advice: file.advice)
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.split(whereSeparator: \.isNewline).contains(where: { $0.isBegin(of: kind) }) else {
            reader.complain(
                name,
                "names a file in which there is no \(kind.lowercased())",
                advice: "Name a file in the form PEM, with a line that begins with -----BEGIN."
            )
            return nil
        }
        return text
    }
}

extension Substring {
    /// `-----BEGIN RSA PRIVATE KEY-----` begins a private key, too.
    fileprivate func isBegin(of kind: String) -> Bool {
        hasPrefix("-----BEGIN ") && dropFirst("-----BEGIN ".count).hasSuffix(kind + "-----")
    }
}

extension SettingsFile {
    /// Why it cannot be read; reads on from "a file that".
    package var obstacle: String {
        switch self {
        case .missing: "does not exist"
        case .unreadable(let reason, _): reason
        case .untrusted(let fault): fault.what
        case .content: "can be read"
        }
    }

    /// What to do about that.
    package var advice: String {
        switch self {
        case .untrusted(let fault): "Check what it says, then run: \(fault.remedy)"
        case .unreadable(_, let remedy?): "Close it to all but you with `\(remedy)`."
        default: "Check its path and its permissions."
        }
    }
}
