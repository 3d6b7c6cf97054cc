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
    /// What the files hold, once they could be read: until then each request tries again.
    private var trust: TrustedCertificates?
    private let executor: ReplyExecutor
    private let log: Log
    /// Called when a source has more, on any thread.
    private let sourceIsReady: @Sendable (CurlTransfer) -> Void
    private var idle: [CurlHandle] = []
    private var active: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    private let memory: ReplyMemory

    init(
        _ multi: CurlMulti,
        _ configuration: CurlConfiguration,
        executor: ReplyExecutor,
        log: Log,
        sourceIsReady: @escaping @Sendable (CurlTransfer) -> Void
    ) {
        self.sourceIsReady = sourceIsReady
        self.multi = multi
        self.configuration = configuration
        self.executor = executor
        self.log = log
        memory = ReplyMemory(limit: configuration.maxBytesAtOnce)
        multi.setMaxConnections(Self.maxIdleConnections)
    }

    var isIdle: Bool { active.isEmpty }

    func begin(_ transfer: CurlTransfer) {
        guard !transfer.isCancelled.load(ordering: .acquiring) else { return transfer.finish(.failure(.cancelled)) }
        do throws(HTTPFailure) {
            let handle = try nextHandle()
            transfer.handle = handle
            let upload = transfer.source.map { source in
                CurlUpload(source: source) { [sourceIsReady] in sourceIsReady(transfer) }
            }
            try handle.prepare(transfer.request, upload, milliseconds: transfer.milliseconds)
            add(transfer, handle)
        } catch {
            transfer.finish(.failure(error))
            giveBack(transfer)
        }
    }

    private func nextHandle() throws(HTTPFailure) -> CurlHandle {
        if let handle = idle.popLast() { return handle }
        return try CurlHandle(configuration, trust: try readTrust(), memory: memory)
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

    /// Asks its source again; nothing where it has ended in the meantime.
    func goOn(_ transfer: CurlTransfer) {
        if let handle = transfer.handle { oe_easy_go_on(handle.easy) }
    }

    /// Moves everything on as far as it goes without waiting.
    func advance() throws(CurlLoopFailure) {
        try multi.perform()
        while let (easy, code) = multi.nextEnded() {
            guard let transfer = active[easy], let handle = transfer.handle else { continue }
            remove(handle)
            ended(transfer, handle, code)
        }
    }

    func wait() throws(CurlLoopFailure) { try multi.wait(milliseconds: 60_000) }

    /// Ends all that is under way; what the other side has received is not known.
    func failAll(_ failure: CurlLoopFailure) {
        for transfer in active.values {
            if let handle = transfer.handle { remove(handle) }
            transfer.finish(.failure(.cutOff(detail: failure.detail)))
            transfer.handle = nil
        }
    }

    private func add(_ transfer: CurlTransfer, _ handle: CurlHandle) {
        do {
            try multi.add(handle)
            active[handle.easy] = transfer
        } catch {
            transfer.finish(.failure(.noClient(detail: error.detail)))
            giveBack(transfer)
        }
    }

    private func remove(_ handle: CurlHandle) {
        multi.remove(handle)
        active[handle.easy] = nil
    }

    private func ended(_ transfer: CurlTransfer, _ handle: CurlHandle, _ code: CURLcode) {
        if let mistrust = transfer.mistrust {
            let issuer = handle.certificateIssuer
            let (detail, reason) = mistrust
            let host = transfer.host
            transfer.finish(.failure(.notTrusted(host: host, issuer: issuer, detail: detail, because: reason)))
        } else if code == CURLE_OK || handle.hasEnough {
            let response = handle.takeResponse()
            giveBack(transfer)
            return complete(transfer, with: response)
        } else {
            let detail = log.redactor.redacted(CurlFailure.withoutCredentials(handle.detail(code)))
            let failure = CurlFailure.explained(code, of: transfer, on: handle, configuration, detail: detail)
            if case .notTrusted(_, _, _, let reason) = failure, code == CURLE_PEER_FAILED_VERIFICATION {
                return askForCertificate(transfer, handle, (detail, reason))
            }
            transfer.finish(.failure(failure))
        }
        giveBack(transfer)
    }

    private func complete(_ transfer: CurlTransfer, with response: HTTPResponse?) {
        let outcome = response.judged(from: transfer.host)
        if active.isEmpty, response?.body.count ?? 0 <= Self.shortBody {
            executor.perform { transfer.finish(outcome) }
        } else {
            transfer.finish(outcome)
        }
    }

    private func askForCertificate(
        _ transfer: CurlTransfer,
        _ handle: CurlHandle,
        _ mistrust: (String, TLSFailureReason)
    ) {
        transfer.mistrust = mistrust
        do throws(HTTPFailure) {
            let limit = min(transfer.milliseconds, Self.millisecondsForCertificate)
            try handle.prepareToAskForCertificate(milliseconds: limit)
            add(transfer, handle)
        } catch {
            let (detail, reason) = mistrust
            transfer.finish(.failure(.notTrusted(host: transfer.host, issuer: nil, detail: detail, because: reason)))
            giveBack(transfer)
        }
    }

    private func giveBack(_ transfer: CurlTransfer) {
        guard let handle = transfer.handle else { return }
        transfer.handle = nil
        // One that has trusted any server is not used again.
        guard transfer.mistrust == nil, idle.count < Self.maxIdleHandles else { return }
        handle.clear()
        idle.append(handle)
    }
}
