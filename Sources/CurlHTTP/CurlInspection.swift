import CCurl
package import HTTP

/// One request over a connection of its own, and what was seen on the way to its answer.
package struct CurlInspection: Sendable {
    /// One certificate of the chain that the server has shown, as libcurl describes it.
    package struct Certificate: Hashable, Sendable {
        package let subject: String
        package let issuer: String
        /// When it expires, such as `Jan  1 00:00:00 2027 GMT`; nil where the library does not say.
        package let expiry: String?

        package init(subject: String, issuer: String, expiry: String?) {
            self.subject = subject
            self.issuer = issuer
            self.expiry = expiry
        }
    }

    /// When each step was done, in milliseconds from the start; nil for a step that was not reached, or not needed.
    package struct Steps: Hashable, Sendable {
        package var lookup: Double?
        package var connection: Double?
        package var encryption: Double?

        package init(lookup: Double? = nil, connection: Double? = nil, encryption: Double? = nil) {
            self.lookup = lookup
            self.connection = connection
            self.encryption = encryption
        }
    }

    package let outcome: Result<HTTPResponse, HTTPFailure>
    package let steps: Steps
    /// The address at the other end of the connection: that of the proxy where there is one.
    package let peer: String?
    package let isThroughProxy: Bool
    /// Whether there was a connection, even where libcurl kept no time of it.
    package let isConnected: Bool
    /// The server's own certificate first; empty where none was shown.
    package let chain: [Certificate]

    package init(
        _ outcome: Result<HTTPResponse, HTTPFailure>,
        steps: Steps = Steps(),
        peer: String? = nil,
        isThroughProxy: Bool = false,
        isConnected: Bool? = nil,
        chain: [Certificate] = []
    ) {
        self.outcome = outcome
        self.steps = steps
        self.peer = peer
        self.isThroughProxy = isThroughProxy
        self.isConnected = isConnected ?? (steps.connection != nil)
        self.chain = chain
    }

    /// Sends the request and waits for the answer, so it belongs to a thread that may wait.
    package init(of request: HTTPRequest, _ configuration: CurlConfiguration) {
        do throws(HTTPFailure) {
            self = try Self.made(of: request, configuration)
        } catch {
            self.init(.failure(error))
        }
    }
}

extension CurlInspection {
    private static let millisecondsForCertificate = 3000

    private static func made(
        of request: HTTPRequest,
        _ configuration: CurlConfiguration
    ) throws(HTTPFailure) -> CurlInspection {
        try CurlLibrary.prepare()
        guard let address = URLText(request.url) else {
            throw .addressNotValid(CurlFailure.withoutSecrets(request.url))
        }
        let trust = try TrustedCertificates(configuration)
        if let certificate = configuration.clientCertificate {
            try PEMFile.checkClient(certificate: certificate, key: configuration.clientKey)
        }
        let milliseconds = CurlClient.milliseconds(request.timeLimit ?? configuration.timeout)
        let transfer = CurlTransfer(request, to: address, milliseconds: milliseconds)
        let handle = try handle(configuration, trust)
        try handle.prepare(request, fresh: true, milliseconds)
        try handle.set(CURLOPT_CERTINFO, 1)
        let code = oe_easy_perform(handle.easy)
        var outcome = code == CURLE_OK ? handle.takeResponse().judged(from: address.host) : .failure(.cancelled)
        var chain = handle.chain
        if code != CURLE_OK {
            let detail = CurlFailure.withoutCredentials(handle.detail(code))
            var failure = CurlFailure.explained(code, of: transfer, on: handle, configuration, detail: detail)
            if case .notTrusted(let host, nil, let detail, let reason) = failure, code == CURLE_PEER_FAILED_VERIFICATION
            {
                let other = try Self.handle(configuration, trust)
                try other.prepare(request, fresh: true, milliseconds)
                try other.prepareToAskForCertificate(milliseconds: min(milliseconds, millisecondsForCertificate))
                _ = oe_easy_perform(other.easy)
                chain = other.chain
                failure = .notTrusted(host: host, issuer: other.certificateIssuer, detail: detail, because: reason)
            }
            outcome = .failure(failure)
        }
        return CurlInspection(
            outcome,
            steps: handle.steps,
            peer: handle.peer,
            isThroughProxy: handle.isThroughProxy(to: address.port),
            isConnected: handle.isConnected,
            chain: chain
        )
    }

    private static func handle(
        _ configuration: CurlConfiguration,
        _ trust: TrustedCertificates
    ) throws(HTTPFailure) -> CurlHandle {
        try CurlHandle(configuration, trust: trust, memory: ReplyMemory(limit: configuration.maxBytesAtOnce))
    }
}

extension CurlHandle {
    fileprivate var steps: CurlInspection.Steps {
        CurlInspection.Steps(
            lookup: milliseconds(CURLINFO_NAMELOOKUP_TIME_T),
            connection: milliseconds(CURLINFO_CONNECT_TIME_T),
            encryption: milliseconds(CURLINFO_APPCONNECT_TIME_T)
        )
    }

    /// libcurl counts microseconds, and has 0 where a step was not done.
    private func milliseconds(_ info: CURLINFO) -> Double? {
        let microseconds = oe_easy_size(easy, info)
        return microseconds > 0 ? Double(microseconds) / 1000 : nil
    }

    fileprivate var peer: String? {
        oe_easy_text(easy, CURLINFO_PRIMARY_IP).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The time of a connection whose encryption fails is not kept, but the port at this end is.
    fileprivate var isConnected: Bool { steps.connection != nil || oe_easy_long(easy, CURLINFO_LOCAL_PORT) != 0 }

    /// Older libraries do not report that there was a proxy, but to which port they were connected.
    fileprivate func isThroughProxy(to port: Int) -> Bool {
        let connected = oe_easy_long(easy, CURLINFO_PRIMARY_PORT)
        return oe_easy_long(easy, .usedProxy) != 0 || oe_easy_long(easy, CURLINFO_HTTP_CONNECTCODE) != 0
            || connected != 0 && connected != port
    }

    fileprivate var chain: [CurlInspection.Certificate] {
        var chain: [CurlInspection.Certificate] = []
        while case let lines = certificateLines(at: chain.count), !lines.isEmpty {
            let value = { (name: String) in
                lines.first { $0.hasPrefix(name + ":") }.map { String($0.dropFirst(name.utf8.count + 1)) }
            }
            chain.append(
                CurlInspection.Certificate(
                    subject: value("Subject") ?? "",
                    issuer: value("Issuer") ?? "",
                    expiry: value("Expire date")
                )
            )
        }
        return chain
    }
}

extension CurlInspection.Certificate {
    package var subjectName: String { DistinguishedName.shortest(subject) ?? subject }
    package var issuerName: String { DistinguishedName.shortest(issuer) ?? issuer }
    private var isOwnIssuer: Bool { subject == issuer }

    /// When it expires, in seconds since 1970.
    package var expirySeconds: Double? {
        // `Jan  1 00:00:00 2027 GMT`
        guard let parts = expiry?.split(separator: " "), parts.count == 5 else { return nil }
        let day = parts[1].count == 1 ? "0\(parts[1])" : parts[1]
        return HTTPDate.seconds("Mon, \(day) \(parts[0]) \(parts[3]) \(parts[2]) \(parts[4])")
    }

    /// From the first one up, each issued by the next, as far as `chain` has them.
    package static func path(in chain: [Self]) -> [Self] {
        var path = Array(chain.prefix(1))
        while let last = path.last, !last.isOwnIssuer,
            let next = chain.first(where: { $0.subject == last.issuer }), !path.contains(next)
        { path.append(next) }
        return path
    }
}
