import CCurl
import HTTP
import Logging
import Synchronization

/// The transfers that are under way and the handles that wait for the next; belongs to who has it from the loop.
final class CurlEngine {
    /// Handles kept for reuse; the connections are not theirs and stay when one is dropped.
    private static let maxIdleHandles = 16
    private static let millisecondsForCertificate = 5000
    /// The longest body whose reader may go on with it on the loop's thread.
    private static let shortBody = 1 << 16
    private static let fewTransfers = 4

    private let multi: CurlMulti
    private let configuration: CurlConfiguration
    /// What the files hold, once they could be read: until then each request tries again.
    private var trust: TrustedCertificates?
    private let log: Log
    /// Called when a source has more, on any thread.
    private let sourceIsReady: @Sendable (CurlTransfer) -> Void
    private var idle: [CurlHandle] = []
    private var active: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    /// Those whose answer is there, and who wait for it.
    private var ended: [EndedTransfer] = []
    private let memory: ReplyMemory
    private var connecting: ConnectWait
    private var shares: ConnectionShares<CurlTransfer>
    /// Until then every request gets a connection of its own.
    private var freshUntil: ContinuousClock.Instant?

    init(
        _ multi: CurlMulti,
        _ configuration: CurlConfiguration,
        log: Log,
        sourceIsReady: @escaping @Sendable (CurlTransfer) -> Void
    ) {
        self.sourceIsReady = sourceIsReady
        self.multi = multi
        self.configuration = configuration
        self.log = log
        connecting = ConnectWait(limit: configuration.connectTimeout)
        shares = ConnectionShares(configuration.maxConnections)
        memory = ReplyMemory(limit: configuration.maxBytesAtOnce)
        multi.setMaxIdleConnections(configuration.maxIdleConnections)
        if let most = configuration.maxConnections { multi.setMaxConnections(most) }
    }

    var isIdle: Bool { active.isEmpty }
    var isCrowded: Bool { active.count > Self.fewTransfers }

    func begin(_ transfer: CurlTransfer) {
        guard !transfer.isCancelled.load(ordering: .acquiring) else { return transfer.finish(.failure(.cancelled)) }
        connecting.enqueue(transfer)
        if let share = transfer.request.share, !shares.admits(share) {
            transfer.waitsForShare = true
            return shares.hold(transfer, for: share)
        }
        start(transfer)
    }

    private func start(_ transfer: CurlTransfer) {
        transfer.waitsForShare = false
        do throws(HTTPFailure) {
            let handle = try nextHandle()
            transfer.handle = handle
            shares.began(transfer.request.share)
            let upload = transfer.source.map { source in
                CurlUpload(source: source) { [sourceIsReady] in sourceIsReady(transfer) }
            }
            let isFresh = freshUntil.map { ContinuousClock.now < $0 } ?? false
            try handle.prepare(transfer.request, upload, to: transfer.sink, fresh: isFresh, transfer.milliseconds)
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
        guard let handle = transfer.handle else {
            if transfer.waitsForShare { refuse(transfer, .cancelled) }
            return
        }
        transfer.finish(.failure(.cancelled))
        remove(handle)
        giveBack(transfer)
    }

    /// One that gets no connection of its share.
    private func refuse(_ transfer: CurlTransfer, _ failure: HTTPFailure) {
        shares.drop(transfer.request.share) { $0 === transfer }
        transfer.waitsForShare = false
        transfer.finish(.failure(failure))
    }

    /// Asks its source again; nothing where it has ended in the meantime.
    func goOn(_ transfer: CurlTransfer) {
        if let handle = transfer.handle { oe_easy_go_on(handle.easy) }
    }

    /// Moves on what was begun, as far as it goes without waiting.
    func advance() throws(CurlLoopFailure) {
        try multi.perform()
        settle()
    }

    /// The same, and what has arrived for others.
    func advanceReady() throws(CurlLoopFailure) {
        try multi.performReady()
        settle()
    }

    private func settle() {
        connecting.dropSent()
        while let (easy, code) = multi.nextEnded() {
            guard let transfer = active[easy], let handle = transfer.handle else { continue }
            remove(handle)
            ended(transfer, handle, code)
        }
        // Before others begin: a handle that is used again says what its request of before has sent until libcurl begins it.
        failThoseWithoutConnection()
        while let transfer = shares.next() { start(transfer) }
    }

    /// Those who wait for what has come, once nothing else needs the engine.
    func takeEnded() -> [EndedTransfer] {
        defer { ended = [] }
        return ended
    }

    /// When something is to be done that no one begins and nothing arrives for.
    var due: ContinuousClock.Instant {
        .now + .milliseconds(connecting.milliseconds(atMost: multi.milliseconds(atMost: 60_000)))
    }

    /// On the loop's thread, while others have the engine.
    func wait(milliseconds: Int32) throws(CurlLoopFailure) { try multi.wait(milliseconds: milliseconds) }

    /// For as long as a connection of before could be taken for a live one.
    func forgetConnections() { freshUntil = .now + (configuration.idleLimit ?? .seconds(120)) }

    /// libcurl itself sets no limit to the wait for a free connection.
    private func failThoseWithoutConnection() {
        connecting.takeDue { transfer in
            if transfer.waitsForShare { return refuse(transfer, .allInUse(host: transfer.host)) }
            guard let handle = transfer.handle, handle.hasSentNothing else { return }
            transfer.finish(.failure(.allInUse(host: transfer.host)))
            remove(handle)
            giveBack(transfer)
        }
    }

    /// Ends all that is under way; what the other side has received is not known.
    func failAll(_ failure: CurlLoopFailure) {
        for transfer in active.values {
            if let handle = transfer.handle { remove(handle) }
            transfer.finish(.failure(.cutOff(detail: failure.detail)))
            transfer.handle = nil
        }
        for transfer in shares.takeAll() { transfer.finish(.failure(.noClient(detail: failure.detail))) }
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
        if code == CURLE_OK {
            shares.isMultiplexed = oe_easy_long(handle.easy, CURLINFO_HTTP_VERSION) >= Int(CURL_HTTP_VERSION_2_0)
        }
        if let mistrust = transfer.mistrust {
            let issuer = handle.certificateIssuer
            let (detail, reason) = mistrust
            let host = transfer.host
            transfer.finish(.failure(.notTrusted(host: host, issuer: issuer, detail: detail, because: reason)))
        } else if transfer.sink != nil, handle.hasEnough || code == CURLE_OK && handle.hasBegun {
            let length = Int(oe_easy_size(handle.easy, CURLINFO_SIZE_DOWNLOAD_T))
            giveBack(transfer)
            return finish(transfer, .success(HTTPResponse(.ok)), after: length)
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

    /// Whether no other answer is waited for; streams that stay open do not count.
    private var othersHaveBegun: Bool {
        !isCrowded && active.values.allSatisfy { $0.handle?.hasBegun == true }
    }

    private func complete(_ transfer: CurlTransfer, with response: HTTPResponse?) {
        finish(transfer, response.judged(from: transfer.host), after: response?.body.count ?? 0)
    }

    /// After a body of so many bytes.
    private func finish(_ transfer: CurlTransfer, _ outcome: CurlTransfer.Outcome, after length: Int) {
        let isAlone = othersHaveBegun && length <= Self.shortBody
        ended.append(EndedTransfer(transfer: transfer, outcome: outcome, isAlone: isAlone))
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
        shares.ended(transfer.request.share)
        // One that has trusted any server is not used again.
        guard transfer.mistrust == nil, handle.hasOnlyReused, idle.count < Self.maxIdleHandles else { return }
        handle.clear()
        idle.append(handle)
    }
}

/// A transfer whose answer is there.
struct EndedTransfer {
    let transfer: CurlTransfer
    let outcome: CurlTransfer.Outcome
    /// Whether it is short, and no other answer was waited for.
    let isAlone: Bool

    /// Lets the task go on: of one that is alone here, on the loop's thread.
    func finish(on executor: ReplyExecutor) {
        if isAlone { executor.perform { transfer.finish(outcome) } } else { transfer.finish(outcome) }
    }
}
