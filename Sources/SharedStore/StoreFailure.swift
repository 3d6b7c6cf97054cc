package import HTTP
import Text

/// Why a command was not carried out.
package enum StoreFailure: Error, Hashable, Sendable {
    /// It failed a moment ago, and is left alone for a few seconds.
    case resting
    case notReached(HTTPFailure)
    case notUnderstood(String)
    /// User or password are wrong or missing; in the store's words.
    case notSignedIn(String)
    /// The user may not do this; in the store's words.
    case notPermitted(String)
    /// It is a replica, as after a failover.
    case readOnly
    /// It has no memory left, and may throw nothing away.
    case full
    /// It does not answer questions at the moment: it loads, or its cluster is not whole; in its own words.
    case busy(String)
    /// The key is on another node of its cluster; in the store's words.
    case elsewhere(String)
    /// It lacks a command that is needed, as a Sentinel does; in its own words.
    case incapable(String)
    case refused(String)
    case noLibrary(String)

    /// What an error of the store means, by the code it begins with; a script's error holds that of its command.
    init(error text: String) {
        // A command that is not known is repeated, and its arguments with it.
        let text = text.range(ofFirst: ", with args").map { String(text[..<$0.lowerBound]) } ?? text
        let isScript = text.hasPrefix("ERR ") && text.holds("script")
        func says(_ code: String) -> Bool {
            text.hasPrefix(code + " ") || isScript && text.holds("-\(code) ")
        }
        if says("OOM") {
            self = .full
        } else if says("READONLY") {
            self = .readOnly
        } else if says("NOAUTH") || says("WRONGPASS") || text.holds("AUTH <password>") {
            self = .notSignedIn(text)
        } else if says("NOPERM") || text.holds("can't run this command") || text.holds("can't access at least") {
            self = .notPermitted(text)
        } else if says("MOVED") || says("ASK") || says("CROSSSLOT") {
            self = .elsewhere(text)
        } else if ["LOADING", "BUSY", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN"].contains(where: says) {
            self = .busy(text)
        } else if text.holds("unknown command") {
            self = .incapable(text)
        } else {
            self = .refused(text)
        }
    }

    /// Whether the store was not spoken with at all, or not to an end: others would fail like this, too.
    var isOfConnection: Bool {
        switch self {
        case .notReached, .notUnderstood, .notSignedIn, .busy, .noLibrary, .resting: true
        case .notPermitted, .readOnly, .full, .elsewhere, .incapable, .refused: false
        }
    }

    /// Whether the connection it came on is of no more use.
    var endsConnection: Bool { isOfConnection || self == .readOnly }

    /// The same for failures that are one to a person, whatever they say in detail.
    var kind: Int {
        switch self {
        case .resting: 0
        case .notReached: 1
        case .notUnderstood: 2
        case .notSignedIn: 3
        case .notPermitted: 4
        case .readOnly: 5
        case .full: 6
        case .busy: 7
        case .elsewhere: 8
        case .incapable: 9
        case .refused: 10
        case .noLibrary: 11
        }
    }
}

extension StoreFailure {
    /// What happened, for those who are not to learn where the store is or what it says.
    package var summary: String {
        switch self {
        case .notReached(.timedOut), .resting, .readOnly, .full: description
        case .notReached: "The store cannot be reached."
        case .notSignedIn, .notPermitted: "The store does not let this server in."
        case .busy: "The store is not ready."
        case .notUnderstood, .elsewhere, .incapable, .refused, .noLibrary: "The store cannot be used."
        }
    }
}

extension StoreFailure: CustomStringConvertible {
    /// What happened, as one sentence without advice; for the log.
    package var description: String {
        switch self {
        case .resting: "The store failed a moment ago."
        case .notReached(.timedOut): "The store did not answer in time."
        case .notReached(let failure): "The store cannot be reached: \(failure)"
        case .notUnderstood(let what): "The store was not understood: \(what)."
        case .notSignedIn(let words): "The store refused the user or the password (\(words))."
        case .notPermitted(let words): "The store does not permit this to its user (\(words))."
        case .readOnly: "The store is a replica that takes no changes."
        case .full: "The store has no memory left for what is new."
        case .busy(let words): "The store is not ready (\(words))."
        case .elsewhere(let words): "The store is one node of a cluster, and not the one with this key (\(words))."
        case .incapable(let words): "The store lacks a command that is needed (\(words))."
        case .refused(let words): "The store refused a command (\(words))."
        case .noLibrary(let reason): "The protocol of Redis is not available on this machine (\(reason))."
        }
    }
}
