import CCurl
package import HTTP

/// A connection on which something else than HTTP is spoken: bytes go out and come in, over TLS or not.
///
/// Certificates, proxies and client certificates are those of requests. It blocks, so it belongs to one thread that may
/// wait.
package final class CurlConnection {
    private let handle: CurlHandle
    private let configuration: CurlConfiguration
    private let transfer: CurlTransfer

    private static let chunk = 16_384

    /// Connects, within the time limit of the configuration.
    ///
    /// A proxy is asked for a tunnel.
    package init(
        to host: String,
        port: Int,
        isSecure: Bool,
        _ configuration: CurlConfiguration
    ) throws(HTTPFailure) {
        try CurlLibrary.prepare()
        let name = host.contains(":") ? "[\(host)]" : host
        let url = "\(isSecure ? "https" : "http")://\(name):\(port)"
        guard let address = URLText(url) else { throw .addressNotValid(url) }
        let milliseconds = max(Int(configuration.timeout / .milliseconds(1)), 1)
        transfer = CurlTransfer(HTTPRequest(.get, url), to: address, milliseconds: milliseconds)
        self.configuration = configuration
        let trust = try TrustedCertificates(configuration)
        if let certificate = configuration.clientCertificate {
            try PEMFile.checkClient(certificate: certificate, key: configuration.clientKey)
        }
        handle = try CurlHandle(configuration, trust: trust, memory: ReplyMemory(limit: 0))
        try handle.prepareToConnect(to: url, milliseconds: milliseconds)
        try check(oe_easy_perform(handle.easy))
    }

    /// Whether the other side has neither closed the connection nor said anything unasked.
    package var isQuiet: Bool {
        var byte: UInt8 = 0
        var count = 0
        return oe_easy_receive(handle.easy, &byte, 1, &count) == CURLE_AGAIN
    }

    package func send(_ bytes: [UInt8], until end: ContinuousClock.Instant) throws(HTTPFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            var count = 0
            let code = rest.withUnsafeBytes { oe_easy_send(handle.easy, $0.baseAddress, $0.count, &count) }
            guard code != CURLE_AGAIN else {
                try wait(toSend: true, until: end)
                continue
            }
            try check(code)
            rest = rest.dropFirst(count)
        }
    }

    /// What arrives next, at least one byte.
    package func receive(until end: ContinuousClock.Instant) throws(HTTPFailure) -> [UInt8] {
        while true {
            var count = 0
            var code = CURLE_OK
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunk) { buffer, filled in
                code = oe_easy_receive(handle.easy, buffer.baseAddress, buffer.count, &count)
                filled = code == CURLE_OK ? count : 0
            }
            guard code != CURLE_AGAIN else {
                try wait(toSend: false, until: end)
                continue
            }
            try check(code)
            guard count > 0 else { throw .cutOff(detail: "the other side closed it") }
            return bytes
        }
    }

    private func wait(toSend: Bool, until end: ContinuousClock.Instant) throws(HTTPFailure) {
        let left = Int32(max(min((end - .now) / .milliseconds(1), 60_000), 0).rounded(.up))
        guard left > 0, oe_easy_wait(handle.easy, toSend, left) else {
            throw .timedOut(seconds: Double(transfer.milliseconds) / 1000)
        }
    }

    private func check(_ code: CURLcode) throws(HTTPFailure) {
        guard code != CURLE_OK else { return }
        let detail = CurlFailure.withoutCredentials(handle.detail(code))
        throw CurlFailure.explained(code, of: transfer, on: handle, configuration, detail: detail)
    }
}

extension CurlHandle {
    fileprivate func prepareToConnect(to url: String, milliseconds: Int) throws(HTTPFailure) {
        try set(CURLOPT_URL, url)
        try set(CURLOPT_CONNECT_ONLY, 1)
        try set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds)
        try set(CURLOPT_HTTPPROXYTUNNEL, 1)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        // What follows is no HTTP, and is not to be offered as such.
        try set(CURLOPT_SSL_ENABLE_ALPN, 0)
    }
}
