import CCurl
import HTTP
import Text

/// Translates libcurl's codes into failures that say what happened.
enum CurlFailure {
    /// `detail` is libcurl's own sentence about this failure.
    static func explained(
        _ code: CURLcode,
        of transfer: CurlTransfer,
        on handle: CurlHandle,
        _ configuration: CurlConfiguration,
        detail: String
    ) -> HTTPFailure {
        let easy = handle.easy
        if let overflow = handle.overflow { return overflow }
        if code == CURLE_FILESIZE_EXCEEDED { return .tooLarge(limit: handle.maxBodyBytes) }
        if oe_easy_long(easy, CURLINFO_RESPONSE_CODE) == 407 { return proxyWantsCredentials }
        if handle.hasGoneForGood, !isOwnReason(code) {
            // It would have been sent again (`requestBegins`).
            let isRefused = code == CURLE_ABORTED_BY_CALLBACK
            return .cutOff(detail: isRefused ? "the connection ended before an answer came" : detail)
        }
        if isProxyAtFault(code, easy: easy, address: transfer.address, detail: detail) {
            return .proxyFailed(detail: detail)
        }
        switch code {
        case CURLE_URL_MALFORMAT: return .addressNotValid(withoutSecrets(transfer.request.url))
        case CURLE_COULDNT_RESOLVE_HOST: return .nameNotResolved(host: transfer.host)
        case CURLE_COULDNT_CONNECT: return notConnected(transfer.host, oe_easy_long(easy, CURLINFO_OS_ERRNO), detail)
        case CURLE_OPERATION_TIMEDOUT: return tooLate(transfer, handle, configuration)
        case CURLE_SSL_CERTPROBLEM: return clientNotUsable(configuration, detail: detail)
        case _ where isTrust(code) || wantsClient(detail):
            let reason = mistrust(code, easy: easy, detail: detail)
            return .notTrusted(host: transfer.host, issuer: nil, detail: detail, because: reason)
        // Of memory there is enough for a request, but not for whatever header line the other side sends.
        case CURLE_OUT_OF_MEMORY where oe_easy_long(easy, CURLINFO_REQUEST_SIZE) > 0, .tooLarge:
            return .cutOff(detail: "the header of the answer is too large")
        case _ where isLibrary(code, easy: easy): return .noClient(detail: detail)
        default: return .cutOff(detail: detail)
        }
    }

    /// Whether it is no matter of the connection.
    private static func isOwnReason(_ code: CURLcode) -> Bool {
        [CURLE_OPERATION_TIMEDOUT, CURLE_OUT_OF_MEMORY, .tooLarge].contains { $0 == code }
    }

    private static func tooLate(
        _ transfer: CurlTransfer,
        _ handle: CurlHandle,
        _ configuration: CurlConfiguration
    ) -> HTTPFailure {
        guard let limit = configuration.connectTimeout, handle.hasSentNothing else {
            return .timedOut(seconds: Double(transfer.milliseconds) / 1000)
        }
        return .notReached(host: transfer.host, detail: "no connection within \(limit / .seconds(1)) seconds")
    }

    private static func isTrust(_ code: CURLcode) -> Bool {
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_SHUTDOWN_FAILED, CURLE_USE_SSL_FAILED, CURLE_SSL_CLIENTCERT:
            true
        default: false
        }
    }

    private static func mistrust(_ code: CURLcode, easy: UnsafeMutableRawPointer, detail: String) -> TLSFailureReason {
        if wantsClient(detail) { return .client }
        guard code == CURLE_PEER_FAILED_VERIFICATION else { return .handshake }
        let result = oe_easy_long(easy, CURLINFO_SSL_VERIFYRESULT)
        return mistrust(result, detail: detail, library: String(cString: oe_curl_version()))
    }

    /// Why a certificate is not trusted: by the number that OpenSSL and its relatives give, of others by their words.
    static func mistrust(_ result: Int, detail: String, library: String) -> TLSFailureReason {
        let relatives = ["OpenSSL/", "LibreSSL/", "BoringSSL", "AWS-LC/", "quictls/"]
        // X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED.
        if relatives.contains(where: { library.holds($0) }), result == 9 || result == 10 { return .time }
        let words = detail.lowercased()
        if words.holds("expired") || words.holds("not yet") || words.holds("not activated") { return .time }
        return words.holds("target host name") || words.holds("hostname") ? .name : .authority
    }

    /// Only one of the reasons why there is no connection is that the other side refuses it.
    private static func notConnected(_ host: String, _ number: Int, _ detail: String) -> HTTPFailure {
        if oe_is_refusal(number) { return .connectionRefused(host: host) }
        return .notReached(host: host, detail: number == 0 ? detail : String(cString: oe_system_message(number)))
    }

    /// Whether the server ended the connection for lack of a certificate, which it reports after its own is accepted.
    private static func wantsClient(_ detail: String) -> Bool {
        ["alert certificate required", "alert unknown ca", "alert bad certificate", "alert certificate unknown"]
            .contains { detail.holds($0) }
    }

    /// The files can be read, but they do not belong together or hold nothing that OpenSSL knows.
    private static func clientNotUsable(_ configuration: CurlConfiguration, detail: String) -> HTTPFailure {
        let certificate = configuration.clientCertificate ?? ""
        if let key = configuration.clientKey, detail.holds("key") && !detail.holds(certificate) {
            let words = "it holds no usable key, or not that of the certificate"
            return .fileNotUsable(.clientKey, path: key, detail: words)
        }
        return .fileNotUsable(.clientCertificate, path: certificate, detail: detail)
    }

    private static func isLibrary(_ code: CURLcode, easy: UnsafeMutableRawPointer) -> Bool {
        switch code {
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_NOT_BUILT_IN, CURLE_UNKNOWN_OPTION,
            CURLE_BAD_FUNCTION_ARGUMENT:
            true
        // Before there was a connection, this build has no TLS; afterwards, the server does not speak HTTP.
        case CURLE_UNSUPPORTED_PROTOCOL: oe_easy_long(easy, CURLINFO_PRIMARY_PORT) == 0
        default: false
        }
    }

    /// The address up to its query, and without a user name.
    static func withoutSecrets(_ url: String) -> String {
        withoutCredentials(String(url.prefix { $0 != "?" && $0 != "#" }))
    }

    /// The text with whatever is before an `@` taken out of each word, and its scheme kept.
    ///
    /// libcurl quotes the address of a proxy that it cannot use, with the name and the password in it.
    static func withoutCredentials(_ text: String) -> String {
        guard text.contains("@") else { return text }
        return text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            guard let at = word.lastIndex(of: "@") else { return String(word) }
            let scheme = word.prefix { $0 != "/" && $0 != "@" }
            let start = word[scheme.endIndex...].hasPrefix("//") ? scheme + "//" : ""
            return start + "••••" + word[at...]
        }
        .joined(separator: " ")
    }
}

extension CurlHandle {
    /// Turns the handle to a second connection that sends nothing and verifies nothing, to learn whose certificate the
    /// server shows: a verification that fails ends before libcurl has written it down.
    func prepareToAskForCertificate(milliseconds: Int) throws(HTTPFailure) {
        try set(CURLOPT_CONNECT_ONLY, 1)
        try set(CURLOPT_FRESH_CONNECT, 1)
        try set(CURLOPT_SSL_VERIFYPEER, 0)
        try set(CURLOPT_SSL_VERIFYHOST, 0)
        try set(CURLOPT_SSLCERT, nil as String?)
        try set(CURLOPT_SSLKEY, nil as String?)
        try set(CURLOPT_CERTINFO, 1)
        try set(CURLOPT_TIMEOUT_MS, milliseconds)
    }

    /// Who signed the server's certificate, by common name, else by organisation, else in full.
    var certificateIssuer: String? {
        certificateLines(at: 0).first { $0.hasPrefix("Issuer:") }.flatMap {
            DistinguishedName.shortest(String($0.dropFirst(7)))
        }
    }

    /// What describes one certificate of the chain that the server has shown; empty where it has not.
    func certificateLines(at place: Int) -> [String] {
        var lines: [String] = []
        var line = oe_easy_certificate(easy, Int32(place))
        while let current = line {
            lines.append(current.pointee.data.map { String(cString: $0) } ?? "")
            line = UnsafePointer(current.pointee.next)
        }
        return lines
    }
}

/// The name of a certificate's owner or issuer as libcurl prints it: `C = DE, O = Acme, CN = Acme Root`.
enum DistinguishedName {
    static func shortest(_ text: String) -> String? {
        let parts = text.split(separator: ",").map { part in
            let name = part.prefix { $0 != "=" }
            return (name: name.filter { $0 != " " }, value: part[name.endIndex...].dropFirst().drop { $0 == " " })
        }
        let found = ["CN", "O"].lazy.compactMap { name in parts.last { $0.name == name && !$0.value.isEmpty } }.first
        let result = found.map { String($0.value) } ?? text
        return result.isEmpty ? nil : result
    }
}
