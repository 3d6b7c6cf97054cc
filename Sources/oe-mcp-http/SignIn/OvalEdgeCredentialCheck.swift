import AuthorizationServer
import JSON
import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Text

/// What a person types on the page proves who they are if OvalEdge gives a session token for it.
struct OvalEdgeCredentialCheck: SignInCheck {
    let accounts: CredentialAccounts
    let baseURL: String

    static let longest = 2048

    func complaint(about values: [String: Secret]) -> String? {
        for value in values.values {
            if value.revealed.utf8.count > Self.longest {
                return "What was typed is longer than \(Self.longest) characters. Copy each value as OvalEdge made it."
            }
            if value.revealed.range(ofFirst: "::") != nil || value.revealed.contains(where: { $0.isWhitespace }) {
                return "A value has `::` or a blank inside, which OvalEdge never writes. Copy each value by itself."
            }
        }
        return nil
    }

    func identity(of values: [String: Secret]) -> [UInt8] { Self.identity(of: Self.credentials(values), at: baseURL) }

    static func identity(of credentials: Credentials, at baseURL: String) -> [UInt8] {
        let parts = [baseURL, credentials.userToken?.revealed ?? "", credentials.userSecret?.revealed ?? ""]
        return Array(parts.joined(separator: "\0").utf8)
    }

    func verdict(on values: [String: Secret]) async -> SignInVerdict {
        let credentials = Self.credentials(values)
        do {
            let principal = try accounts.principal(with: credentials)
            let account = try await accounts.signIn(principal, with: credentials)
            return .accepted(
                label: ([String(principal.id.subject.prefix(8)), Self.shown(account.userName, values)].compactMap { $0 })
                    .joined(separator: " "),
                payload: SealedCredentials.bytes(credentials)
            )
        } catch let error as OvalEdgeError where error.refusesCredentials {
            return .refused
        } catch let error as OvalEdgeError {
            return .unavailable(error.what)
        } catch {
            return .unavailable("\(error)")
        }
    }

    /// Nil for a name that has something in it that was typed: it is shown, and written to logs.
    private static func shown(_ name: String?, _ values: [String: Secret]) -> String? {
        guard let name, !values.values.contains(where: { name.holds($0.revealed) }) else { return nil }
        return name
    }

    private static func credentials(_ values: [String: Secret]) -> Credentials {
        Credentials(userToken: values["user_token"], userSecret: values["user_secret"])
    }
}

/// What a grant seals: the user token and secret that its calls sign in with.
enum SealedCredentials {
    static func bytes(_ credentials: Credentials) -> [UInt8] {
        let json: JSON = [
            "user_token": .string(credentials.userToken?.revealed ?? ""),
            "user_secret": .string(credentials.userSecret?.revealed ?? ""),
        ]
        return json.bytes
    }

    /// Nil for other bytes.
    static func credentials(_ bytes: [UInt8]) -> Credentials? {
        guard let json = try? JSON(parsing: bytes), let token = json["user_token"]?.string,
            let secret = json["user_secret"]?.string
        else { return nil }
        return Credentials(userToken: Secret(token), userSecret: Secret(secret))
    }
}
