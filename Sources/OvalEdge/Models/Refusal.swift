package import JSON
import Text

/// A reply that reports a failed request, although its HTTP status is a success.
///
/// Looked for in the reply itself and in its `data`, unless that is an asset or another thing with an id and a name: its
/// members are its own, and a glossary term whose `status` is `REJECTED` is not a failure.
package struct Refusal: Hashable, Sendable {
    private static let longestMessage = 300
    private static let longestCode = 100

    package let message: String?
    package let code: String?

    package init?(_ json: JSON) {
        let data = json["data"]
        guard json.hasOutcome || data?.hasOutcome == true, !json.payload.tellsWhatWasDone else { return nil }
        let places: [JSON]
        if json.hasFalseFlag || !json.isNamedThing && json.reportsFailure {
            places = [json, data].compactMap { $0 }
        } else if let data, !data.isNamedThing, data.reportsFailure, data.hasFalseFlag || !data.describesThings {
            places = [data, json]
        } else {
            return nil
        }
        let words = places.firstNonNil { $0.reason } ?? places.firstNonNil { $0.failedStatus }
        message = Self.words(words)
        let code = places.firstNonNil { $0.text("code", "error_code") ?? $0["error"]?.text("code") }
        self.code = code.map { String($0.prefix(Self.longestCode)) }
    }

    /// What a reply says for itself, fit to be quoted: one line without power over the page.
    package static func words(_ text: String?) -> String? {
        text.flatMap { Quotation.line($0, atMost: longestMessage) }
    }

    package var error: OvalEdgeError {
        let known = KnownRefusal(message)
        return OvalEdgeError(
            known?.kind ?? .notValid,
            known?.what ?? message.map { "OvalEdge refused the request: “\($0)”." }
                ?? "OvalEdge refused the request without saying why.",
            remedy: known?.remedy
                ?? .text("Correct what the message names and call again; if nothing is wrong, try later."),
            cause: known?.cause,
            code: code ?? known?.code
        )
    }
}

extension JSON {
    /// Whether an object describes something of the catalog or the service desk, so that its members are its own.
    fileprivate var isNamedThing: Bool {
        first(of: Self.idNames) != nil && first(of: Self.nameNames) != nil
    }

    /// Whether it is about things of the catalog, so that a status or an error may be that of a crawl or a job.
    fileprivate var describesThings: Bool {
        object?.members.contains { $0.value.isNamedThing || $0.value.array?.first?.isNamedThing == true } ?? false
    }

    private static let idNames = [
        "objectId", "id", "businessGlossaryId", "tagId", "dqruleId", "ticketTemplateId", "ticketId",
    ]
    private static let nameNames = [
        "objectName", "name", "displayName", "fullyQualifiedName", "fullQualifiedName", "termName", "tagName",
        "tableName", "columnName", "ruleName", "ticketTemplateName", "summary", "storyName",
    ]

    /// Whether any member is one by which failures are reported, which most replies are asked and few have.
    fileprivate var hasOutcome: Bool {
        guard case .object(let object) = self else { return false }
        return object.members.contains {
            Self.outcomes.contains($0.name) && ($0.value != true || Self.errors.contains($0.name))
        }
    }

    private static let flags = ["ok", "success", "isSuccess", "successful"]
    private static let states = ["status", "statusCode", "code", "result", "resultCode"]
    private static let errors = ["error", "errors", "fault"]
    private static let outcomes = Set(flags + states + errors)

    fileprivate var reportsFailure: Bool {
        guard case .object(let object) = self, !object.isEmpty else { return false }
        return hasFalseFlag || failedStatus != nil || reportsErrors && !payload.holdsResults
    }

    /// Whether it says that something went wrong; next to results that is not a failure.
    package var reportsErrors: Bool { Self.errors.contains { self[$0]?.isEmptyOrFalse == false } }

    /// Whether it says in so many words that it did not succeed.
    package var hasFalseFlag: Bool {
        Self.flags.contains { self[$0]?.flag == false || self[$0]?.string?.word.isFailure == true }
    }

    /// Whether a write says what it changed, however it is called as a whole: its report decides what the outcome is.
    fileprivate var tellsWhatWasDone: Bool {
        ["updatedFields", "updatedRoles"].contains { self[$0]?.array?.isEmpty == false }
            || self["results"]?.array?.contains {
                $0.object != nil && !$0.reportsFailure && $0["blocked"]?.flag != true
            }
                == true
    }

    /// Whether there is a list of things, other than what went wrong.
    private var holdsResults: Bool {
        object?.members.contains { member in
            !["error", "errors", "warnings", "blockedReasons"].contains(member.name)
                && member.value.array?.first?.object != nil
        } ?? false
    }

    /// The word for the outcome, where it is one for a failure; a number is read as an HTTP status.
    fileprivate var failedStatus: String? {
        for name in Self.states {
            if let word = self[name]?.failure(isCode: name.hasSuffix("ode")) { return word }
        }
        return nil
    }

    /// A code of the product is a text of any kind, and only a number among them is a status.
    private func failure(isCode: Bool) -> String? {
        switch self {
        case false: isCode ? nil : "false"
        case .number(let number): number.int.flatMap { (400..<600).contains($0) ? number.text : nil }
        case .string(let text):
            !isCode && text.word.isFailure || Int(text.trimmed).map { (400..<600).contains($0) } == true ? text : nil
        case .object: isCode ? nil : self["code"]?.failure(isCode: false)
        default: nil
        }
    }

    /// Whether an `error` or a list of `errors` says that there is no error.
    private var isEmptyOrFalse: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .number: double == 0
        case .string(let text): Self.noErrors.contains(text.word)
        case .array(let items): items.allSatisfy { $0.isEmptyOrFalse }
        case .object(let object): object.members.allSatisfy { $0.value.isEmptyOrFalse }
        }
    }

    private static let noErrors: Set = [
        "", "0", "-", "none", "null", "false", "no", "n/a", "na", "no_error", "no_errors", "ok", "success",
    ]

    /// Why it failed, in OvalEdge's words.
    fileprivate var reason: String? {
        let error = first(of: "error")
        return error?.text("message", "detail")
            ?? text("message", "detail", "errorMessage", "error_description", "statusMessage")
            ?? error?.plainText ?? errorList
    }

    /// What `errors` and `blockedReasons` hold, joined to one text.
    var errorList: String? {
        guard let found = first(of: "errors", "blockedReasons") else { return nil }
        let list = found.array ?? found.object?.members.map { $0.value } ?? [found]
        let words = list.prefix(3).compactMap { $0.text("message", "detail", "code") ?? $0.plainText }
        return words.isEmpty ? nil : words.joined(separator: "; ")
    }
}

extension String {
    /// In lower case, with one `_` for whatever separates its parts.
    fileprivate var word: String {
        String(trimmed.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
    }

    fileprivate var isFailure: Bool {
        Self.failures.contains(self)
            || Self.failureEnds.contains { hasSuffix($0) } && !hasPrefix("partial") && !hasPrefix("no_")
    }

    private static let failures: Set = [
        "fail", "failed", "failure", "error", "errored", "blocked", "denied", "refused", "rejected", "forbidden",
        "unauthorized", "invalid", "aborted", "cancelled", "canceled", "unavailable", "unsuccessful", "timeout",
        "timed_out", "exception", "fatal", "not_found", "not_allowed", "bad_request", "ko", "nok",
    ]
    private static let failureEnds = ["_failed", "_failure", "_error", "_denied"]
}
