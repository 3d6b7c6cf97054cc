package import HTTP

/// What to do about an error; the program puts it into words, for who reads the answer.
///
/// The names of settings and options are the program's, so that none is used here.
package enum Remedy: Hashable, Sendable {
    /// A sentence that is good for every reader.
    case text(String)
    /// A sentence for the operator of the server: commands, files, libraries.
    case forOperator(String)
    /// Calling again after so many seconds, where that is known.
    case wait(seconds: Double?)

    // The address that is set.
    case setAddress, checkAddress, checkContextPath, checkTokenHeader
    /// Where a path is wrong, nothing at all is found.
    case searchFirst

    // The account.
    case checkCredentials
    case checkScheme(now: String)
    case useOwnCredentials(scheme: String)

    // The way to the server.
    case checkHost, checkHostAndPort, checkRoute, checkSchemeAndPort, checkProxy
    case trustAuthority, checkCertificateName, setClientCertificate
    case checkFile(TrustFile)

    // Time and room.
    case raiseTimeout, raiseCallDeadline, raiseAnswerTokens

    // The audit log.
    /// `hint` is a sentence that may suffice.
    case changeAuditFolder(hint: String?)
    case moveAuditKey, restoreAuditKey, changeAuditKey

    // What the settings keep from being done.
    /// One family of writes, where it is one.
    case allowWrites(family: String?)
    case confirmByToken
    /// These say what happened as well, because a setting is what happened.
    case enableTool(String), confirmInForms, confirmAgain
}

/// What several errors have in common.
extension Remedy {
    static let permission = text("Use an account that has the permission, or ask an OvalEdge administrator for it.")
    static let askForVersion = text("Ask your administrators whether this version of OvalEdge has the feature.")
    static let readAgain = text("Read the current state, then decide whether the change is still wanted.")
    static let signInAgain = text("Sign in again; if that changes nothing, ask the operator of this server.")
    static let correct = text("Correct the arguments and call again.")
    static let callAgain = text("Call again if the answer is still wanted.")
    static let askForLess = text("Ask for less, with a smaller limit or a narrower search.")
    static let askAboutFirewall = text(
        "A firewall or a proxy answers like this: ask your administrators what is between this machine and OvalEdge."
    )

    /// `attempt` is what to do first, such as `Call again`.
    static func report(_ requestID: String?, after attempt: String) -> Remedy {
        let mention = requestID.map { " and mention the request id \($0)" } ?? ""
        return text("\(attempt); if it persists, contact your OvalEdge administrators\(mention).")
    }
}

/// An error that says what happened in a sentence, and what to do as a value.
package protocol RemediableError: Error {
    var what: String { get }
    var remedy: Remedy { get }
}

/// How a program words remedies for those who read its answers.
package struct RemedyTexts: Sendable {
    /// Ends as sentences do.
    package let sentence: @Sendable (Remedy) -> String

    /// Said before each error, where there are several servers that it could be of; nil for nothing.
    private var place: String?

    package init(_ sentence: @escaping @Sendable (Remedy) -> String) { self.sentence = sentence }

    /// The same, saying before each error where that was.
    package func saying(_ place: String?) -> RemedyTexts {
        var texts = self
        texts.place = place
        return texts
    }

    /// What happened, and what to do; safe for a model.
    package func text(of error: some RemediableError) -> String {
        "\(place.map { "\($0): " } ?? "")\(error.what) \(sentence(error.remedy))"
    }
}
