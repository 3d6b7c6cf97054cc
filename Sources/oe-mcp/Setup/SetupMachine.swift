import Text

/// Which question of `oe-mcp setup` comes next, what an answer means, and when something is to be looked at or done.
///
/// It asks no one and touches nothing: it takes what was answered and what was found, and says what to do next.
struct SetupMachine: Sendable {
    enum Question: Hashable, Sendable {
        case address, userToken, userSecret, place, clients, agreement
    }

    enum Step: Hashable, Sendable {
        /// `because` says why the last answer cannot be used.
        case ask(Question, because: String?)
        /// Whether there is anything at the address.
        case findAddress
        case signIn
        /// What would be written.
        case show
        case carryOut
        case end(Ending)
    }

    enum Ending: Hashable, Sendable {
        case done, declined
        /// Something was found wrong, and there is no one to ask again.
        case failed
    }

    /// What is known before the first question.
    struct Surroundings: Sendable {
        /// Whether there is someone to ask.
        var isPersonThere = true
        var isSandbox = false
        /// Whether nothing may be written.
        var isDry = false
        /// The address that the profile has, if it is there already.
        var knownAddress: String?
        /// Whether the profile has a user token and a secret.
        var hasCredentials = false
        /// Where a secret can be kept here, the best place first.
        var places = SecretPlace.allCases
        /// The clients that can be set up, and those of them that are on this machine.
        var clients: [String] = []
        var found: [String] = []
    }

    static let agreement = YesOrNo(question: "Write this?", usual: true)

    private let surroundings: Surroundings
    private(set) var answers: SetupAnswers
    private var because: String?
    private var isAddressFound = false
    private var isSignedIn = false
    private var isShown = false
    private var ending: Ending?
    /// What was typed before, so that it need not be typed again.
    private var lastAddress: String?

    init(_ surroundings: Surroundings, _ answers: SetupAnswers) {
        self.surroundings = surroundings
        self.answers = answers
        if answers.clients == nil, surroundings.found.isEmpty { self.answers.clients = [] }
        if answers.address == nil, !surroundings.isPersonThere { self.answers.address = surroundings.knownAddress }
        if answers.userToken == nil, answers.userSecret == nil, !surroundings.isPersonThere, canKeepCredentials {
            (self.answers.userToken, self.answers.userSecret) = (.kept, .kept)
        }
    }

    var next: Step {
        if let ending { return .end(ending) }
        if !surroundings.isSandbox, let step = nextOfAccount { return step }
        if answers.clients == nil { return ask(.clients) }
        if !isShown { return .show }
        if surroundings.isDry { return .end(.done) }
        return answers.agrees || writesNothing ? .carryOut : ask(.agreement)
    }

    /// Whether nothing is to be agreed to: the sandbox has no profile.
    private var writesNothing: Bool { surroundings.isSandbox && answers.clients == [] }

    private var nextOfAccount: Step? {
        if answers.address == nil { return ask(.address) }
        if !isAddressFound { return .findAddress }
        if answers.userToken == nil { return ask(.userToken) }
        if answers.userSecret == nil { return ask(.userSecret) }
        if !isSignedIn { return .signIn }
        return answers.needsPlace && answers.place == nil ? ask(.place) : nil
    }

    private func ask(_ question: Question) -> Step { .ask(question, because: because) }

    /// What an empty answer means: the address that was typed before or is likelier, or that of the profile.
    var usualAddress: String? { lastAddress ?? surroundings.knownAddress }

    /// Whether an empty answer leaves user token and secret as the profile has them: they belong to its address alone.
    var canKeepCredentials: Bool {
        surroundings.hasCredentials && answers.address ?? surroundings.knownAddress == surroundings.knownAddress
    }

    /// The options that are missing where there is no one to ask.
    var missingOptions: [String] {
        guard !surroundings.isPersonThere else { return [] }
        var missing: [String] = []
        if !surroundings.isSandbox {
            if answers.address == nil { missing.append("--base-url URL") }
            if answers.userToken == nil { missing.append("--user-token FROM") }
            if answers.userSecret == nil { missing.append("--user-secret FROM") }
            if answers.needsPlace, answers.place == nil { missing.append("--keep WHERE") }
        }
        if answers.clients == nil { missing.append("--client NAME") }
        if !surroundings.isDry, !answers.agrees, !writesNothing { missing.append("--yes") }
        return missing
    }
}

// What it takes.
extension SetupMachine {
    /// What a person typed, without the end of the line.
    mutating func answered(_ question: Question, _ text: String) {
        because = nil
        let text = text.trimmed
        switch question {
        case .address: take(address: text.isEmpty ? usualAddress ?? "" : text)
        case .userToken: take(token: text)
        case .userSecret: take(secret: text)
        case .place: take(place: text)
        case .clients: take(clients: text)
        case .agreement: take(agreement: text)
        }
    }

    /// Whether there is anything at the address.
    mutating func lookedAtAddress(_ verdict: SetupVerdict) {
        switch verdict {
        case .good: isAddressFound = true
        case .noSignIn(let other):
            forgetAddress()
            lastAddress = other
        case .refused, .notReached: forgetAddress()
        }
    }

    mutating func triedSignIn(_ verdict: SetupVerdict) {
        switch verdict {
        case .good: isSignedIn = true
        case .refused:
            (answers.userToken, answers.userSecret) = (nil, nil)
            endUnlessAsked()
        case .notReached, .noSignIn: forgetAddress()
        }
    }

    mutating func showed() { isShown = true }

    /// The place that was chosen took no secret.
    mutating func couldNotKeep() {
        answers.place = nil
        (answers.agrees, isShown) = (false, false)
        endUnlessAsked()
    }

    private mutating func forgetAddress() {
        lastAddress = answers.address
        answers.address = nil
        isAddressFound = false
        endUnlessAsked()
    }

    private mutating func endUnlessAsked() {
        if !surroundings.isPersonThere { ending = .failed }
    }

    private mutating func take(address text: String) {
        guard !text.isEmpty else {
            because = "An address is needed."
            return
        }
        do throws(SetupAnswers.AddressFault) {
            answers.address = try SetupAnswers.address(text.holds("://") ? text : "https://\(text)")
        } catch {
            because = error.description
        }
    }

    private mutating func take(token text: String) {
        if text.isEmpty, canKeepCredentials {
            (answers.userToken, answers.userSecret) = (.kept, .kept)
        } else if text.isEmpty {
            because = "A user token is needed. OvalEdge shows it in your user profile."
        } else {
            answers.userToken = .init(text)
        }
    }

    private mutating func take(secret text: String) {
        guard !text.isEmpty else {
            because = "A secret is needed. OvalEdge shows it once, when the user token is made."
            return
        }
        answers.userSecret = .init(text)
    }

    private mutating func take(place text: String) {
        let places = surroundings.places
        let numbered = Int(text).flatMap { places.indices.contains($0 - 1) ? places[$0 - 1] : nil }
        guard let place = text.isEmpty ? places.first : numbered ?? places.first(where: { $0.rawValue == text }) else {
            because = "`\(text)` is not one of them."
            return
        }
        answers.place = place
    }

    private mutating func take(clients text: String) {
        let words = text.lowercased().split(whereSeparator: { $0 == " " || $0 == "," }).map { String($0) }
        switch words {
        case [], ["all"]: answers.clients = surroundings.found
        case ["none"]: answers.clients = []
        case _ where words.contains { ["all", "none"].contains($0) }:
            because = "all and none stand alone, without names of clients."
        default:
            guard let stranger = words.first(where: { !surroundings.clients.contains($0) }) else {
                answers.clients = words.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
                return
            }
            let near =
                Suggestion.nearest(to: stranger, among: surroundings.clients).map { " Did you mean \($0)?" } ?? ""
            because = "`\(stranger)` is not a client that is known here.\(near)"
        }
    }

    private mutating func take(agreement text: String) {
        switch Self.agreement.meaning(of: text) {
        case true?: answers.agrees = true
        case false?: ending = .declined
        case nil: because = "Type yes or no."
        }
    }
}

/// What a check of the answers found.
enum SetupVerdict: Hashable, Sendable {
    case good
    /// OvalEdge does not take this user token and secret.
    case refused
    /// Nothing is at the address, or OvalEdge is not what answers there.
    case notReached
    /// Something answers at the address and has no way to sign in; `try` is where OvalEdge usually is, if that is another.
    case noSignIn(try: String?)
}
