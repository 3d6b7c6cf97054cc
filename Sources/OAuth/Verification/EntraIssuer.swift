import HTTP
import JSON

/// What is peculiar to Microsoft Entra ID: who someone is, is said by two claims, since `sub` differs from program to
/// program.
enum EntraIssuer {
    private static let hosts = [
        "login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn", "sts.windows.net",
    ]

    static func isEntra(_ issuer: String) -> Bool {
        guard let host = URLText(issuer)?.host.lowercased() else { return false }
        return hosts.contains(host) || host.hasSuffix(".ciamlogin.com")
    }

    /// Nil where the token names another tenant than its issuer, or no person.
    static func subject(_ claims: JSON, issuer: String) -> String? {
        guard let tenant = claims["tid"]?.string, let person = claims["oid"]?.string, !tenant.isEmpty, !person.isEmpty,
            URLText(issuer)?.path.split(separator: "/").contains(where: { $0 == tenant }) == true
        else { return nil }
        return "\(tenant)/\(person)"
    }
}
