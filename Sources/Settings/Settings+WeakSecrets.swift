import Logging
import Secrets

extension Settings {
    /// A warning for each secret that is not redacted in what leaves the process, since it could be ordinary text.
    var weaknesses: [String] {
        let proxies = [
            ("OVALEDGE_PROXY", network.proxy), ("HTTPS_PROXY", network.httpsProxy), ("HTTP_PROXY", network.httpProxy),
            ("ALL_PROXY", network.allProxy),
        ]
        let secrets =
            [("OVALEDGE_USER_TOKEN", account.userToken?.value), ("OVALEDGE_USER_SECRET", account.userSecret?.value)]
            + proxies.map { ("The password in \($0)", $1?.password) }
        return secrets.compactMap { name, secret in
            secret?.weakness.map {
                "\(name) \($0.explanation), so it is not hidden where an answer or the log repeats it. "
                    + "Use a longer one of letters and digits."
            }
        }
    }
}

extension ProxyAddress {
    /// As it is written here; it follows the address and the name with it among the secrets.
    fileprivate var password: Secret? { secrets.dropFirst(2).first }
}
