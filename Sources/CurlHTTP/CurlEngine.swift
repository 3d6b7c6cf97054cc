import CCurl
import HTTP
import Logging
import Synchronization

/// The transfers that are under way and the handles that wait for the next; belongs to the loop's thread alone.
final class CurlEngine {
    /// Handles kept for reuse; the connections are not theirs and stay when one is dropped.
    private static let maxIdleHandles = 16
    /// Connections kept open when nothing uses them.
    private static let maxIdleConnections = 32
    private static let millisecondsForCertificate = 5000
    /// The longest body whose reader may go on with it on the loop's thread.
    private static let shortBody = 1 << 16

    private let multi: CurlMulti
    private let configuration: CurlConfiguration
    /// What the files hold, once they could be read: until then each request tries anew.
    private var trust: TrustedCertificates?
    private let executor: ReplyExecutor
    private let log: Log
    private var idle: [CurlHandle] = []
    private var active: [UnsafeMutableRawPointer: CurlTransfer] = [:]

    init(_ multi: CurlMulti, _ configuration: CurlConfiguration, executor: ReplyExecutor, log: Log) {
        self.multi = multi
        self.configuration = configuration
        self.executor = executor
        self.log = log
        oe_multi_set_long(multi.pointer, CURLMOPT_MAXCONNECTS, Self.maxIdleConnections)
    }

    var isIdle: Bool { active.isEmpty }

    func begin(_ transfer: CurlTransfer) {
        guard !transfer.isCancelled.load(ordering: .acquiring) else { return transfer.finish(.failure(.cancelled)) }
        do throws(HTTPFailure) {
            let handle = try nextHandle()
            handle.prepare(transfer.request, milliseconds: transfer.milliseconds)
            transfer.handle = handle
            add(transfer, handle)
        } catch {
            transfer.finish(.failure(error))
        }
    }

    private func nextHandle() throws(HTTPFailure) -> CurlHandle {
        if let handle = idle.popLast() { return handle }
        guard let handle = CurlHandle(configuration, trust: try readTrust()) else {
            throw .noClient(detail: "libcurl has no memory for another request")
        }
        return handle
    }

    private func readTrust() throws(HTTPFailure) -> TrustedCertificates {
        if let trust { return trust }
        let trust = try TrustedCertificates(configuration)
        if let certificate = configuration.clientCertificate {
            try PEMFile.checkClient(certificate: certificate, key: configuration.clientKey)
        }
        self.trust = trust
        return trust
    }

    /// Ends the transfer now, if it is still under way; its connection is closed, because half an answer is on it.
    func cancel(_ transfer: CurlTransfer) {
        guard let handle = transfer.handle else { return }
        remove(handle)
        transfer.finish(.failure(.cancelled))
        giveBack(transfer)
    }

    /// Moves everything on as far as it goes without waiting.
    func advance() {
        var running: Int32 = 0
        oe_multi_perform(multi.pointer, &running)
        var code = CURLE_OK
        while let easy = oe_multi_ended(multi.pointer, &code) {
            guard let transfer = active[easy], let handle = transfer.handle else { continue }
            remove(handle)
            ended(transfer, handle, code)
        }
    }

    /// Waits until something arrives, a time is up or another thread wakes the loop.
    func wait() { oe_multi_wait(multi.pointer, 60_000) }

    private func add(_ transfer: CurlTransfer, _ handle: CurlHandle) {
        guard oe_multi_add(multi.pointer, handle.easy) == CURLM_OK else {
            transfer.finish(.failure(.noClient(detail: "libcurl did not take the request")))
            return giveBack(transfer)
        }
        active[handle.easy] = transfer
    }

    private func remove(_ handle: CurlHandle) {
        oe_multi_remove(multi.pointer, handle.easy)
        active[handle.easy] = nil
    }

    private func ended(_ transfer: CurlTransfer, _ handle: CurlHandle, _ code: CURLcode) {
        if let mistrust = transfer.mistrust {
            let issuer = handle.certificateIssuer
            let (detail, reason) = mistrust
            let host = transfer.host
            transfer.finish(.failure(.notTrusted(host: host, issuer: issuer, detail: detail, because: reason)))
        } else if code == CURLE_OK {
            let response = handle.takeResponse()
            giveBack(transfer)
            return answer(transfer, with: response)
        } else {
            let detail = log.redactor.struck(CurlFailure.withoutCredentials(handle.detail(code)))
            let failure = CurlFailure.explained(code, of: transfer, on: handle, configuration, detail: detail)
            if case .notTrusted(_, _, _, let reason) = failure, code == CURLE_PEER_FAILED_VERIFICATION {
                return askForCertificate(transfer, handle, (detail, reason))
            }
            transfer.finish(.failure(failure))
        }
        giveBack(transfer)
    }

    private func answer(_ transfer: CurlTransfer, with response: HTTPResponse?) {
        let outcome = response.judged(from: transfer.host)
        if active.isEmpty, response?.body.count ?? 0 <= Self.shortBody {
            executor.run { transfer.finish(outcome) }
        } else {
            transfer.finish(outcome)
        }
    }

    private func askForCertificate(_ transfer: CurlTransfer, _ handle: CurlHandle, _ mistrust: (String, Mistrust)) {
        transfer.mistrust = mistrust
        handle.prepareToAskForCertificate(milliseconds: min(transfer.milliseconds, Self.millisecondsForCertificate))
        add(transfer, handle)
    }

    private func giveBack(_ transfer: CurlTransfer) {
        guard let handle = transfer.handle else { return }
        transfer.handle = nil
        // One that has trusted everybody is not used again.
        guard transfer.mistrust == nil, idle.count < Self.maxIdleHandles else { return }
        handle.clear()
        idle.append(handle)
    }
}
