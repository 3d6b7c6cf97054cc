import HTTP
package import Settings
import Text

/// What the settings say of the way to OvalEdge.
package struct NetworkFacts: Sendable {
    package let host: String
    package let isEncrypted: Bool
    package let isLoopback: Bool
    /// Which rule decides about a proxy: a sentence without its point.
    package let proxyRule: String
    /// Whether it says that there is one.
    package let hasProxy: Bool
    /// Whose certificates are trusted.
    package let trust: String

    package init(host: String, isEncrypted: Bool, isLoopback: Bool, proxy: (rule: String, is: Bool), trust: String) {
        self.host = host
        self.isEncrypted = isEncrypted
        self.isLoopback = isLoopback
        (proxyRule, hasProxy) = proxy
        self.trust = trust
    }

    package init(_ settings: Settings) {
        let address = settings.account.address
        let isEncrypted = address?.isEncrypted ?? true
        self.init(
            host: address.flatMap { URLText($0.text)?.host } ?? "",
            isEncrypted: isEncrypted,
            isLoopback: address?.isLoopback ?? false,
            proxy: Self.proxy(settings.network, isEncrypted: isEncrypted, isLoopback: address?.isLoopback ?? false),
            trust: Self.trust(settings.network)
        )
    }

    private static func proxy(
        _ network: NetworkSettings,
        isEncrypted: Bool,
        isLoopback: Bool
    ) -> (rule: String, is: Bool) {
        let usual = isEncrypted ? ("HTTPS_PROXY", network.httpsProxy) : ("HTTP_PROXY", network.httpProxy)
        let rules = [("OVALEDGE_PROXY", network.proxy), usual, ("ALL_PROXY", network.allProxy)]
        guard let (name, proxy) = rules.first(where: { $0.1 != nil }), let proxy else {
            return ("no setting names a proxy", false)
        }
        if !isEncrypted, !proxy.isLoopback, !network.allowsHTTP, isLoopback {
            return ("\(name) is left out, since the address is on this machine and not encrypted", false)
        }
        let exceptions = network.noProxy.map { ", but for \($0.shown) (NO_PROXY)" } ?? ""
        return ("\(name) names \(proxy.shown)\(exceptions)", true)
    }

    private static func trust(_ network: NetworkSettings) -> String {
        let system = network.sslCertFile.map { "\($0) (SSL_CERT_FILE)" } ?? "the certificates of the system"
        return network.caBundle.map { "\(system), and \($0) (OVALEDGE_CA_BUNDLE)" } ?? system
    }
}
