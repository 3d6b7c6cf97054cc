package import HTTP
import JSON

/// What an answer shows of the variant in which the question was asked.
package enum ProbeResult: Hashable, Sendable {
    /// The release has the variant.
    case answered
    /// The release refused in its own words; it has the variant, if nothing before was in doubt.
    case refused
    case missed(Miss)
    /// A page, a redirection, a sign-in, too many requests, a fault: anything in between may have sent it.
    case noEvidence

    package enum Miss: Hashable, Sendable {
        /// The path is known, but not with this method.
        case method
        case path
        /// OvalEdge itself reports that it found nothing: the endpoint, or what was asked for.
        case doubtful
    }

    /// What else is known when an answer is judged.
    package struct Context: Hashable, Sendable {
        /// This back end was found to have the variant.
        package var isKnown = false
        /// It was found to answer searches in an older variant.
        package var isOldElsewhere = false
        /// A newer variant has missed, and it may have been what was asked for that is not there.
        package var isInDoubt = false
        /// 404 may mean that what is asked for is not there.
        package var mayMeanNoObject = false

        package init() {}
    }

    package init(_ response: HTTPResponse, to variant: EndpointVariant, in context: Context = Context()) {
        switch response.status {
        case .methodNotAllowed, .notImplemented: self = .missed(.method)
        case .notFound: self = Self.nothingFound(response, variant, context)
        case .unauthorized, .tooManyRequests: self = .noEvidence
        case let status where status.isSuccess: self = response.looksLikeJSON ? .answered : .noEvidence
        case let status where (400..<500).contains(status.rawValue): self = response.isWrapped ? .refused : .noEvidence
        default: self = .noEvidence
        }
    }

    private static func nothingFound(
        _ response: HTTPResponse,
        _ variant: EndpointVariant,
        _ known: Context
    ) -> ProbeResult {
        guard response.isWrapped else { return .missed(.path) }
        if known.isInDoubt { return .missed(.doubtful) }
        switch known.mayMeanNoObject ? .usual : variant.absence {
        case .never: return .missed(.doubtful)
        case .perhaps: return known.isKnown ? .refused : .missed(.doubtful)
        case .usual where known.isKnown || !variant.isNewest: return .refused
        case .usual: return known.isOldElsewhere ? .missed(.doubtful) : .noEvidence
        }
    }

    package var isCertainMiss: Bool { self == .missed(.method) || self == .missed(.path) }
}

extension HTTPResponse {
    /// An object with `ok` or `code`, as the product wraps what it says; a framework or a gateway does not.
    fileprivate var isWrapped: Bool {
        guard let json = try? JSON(reply: body) else { return false }
        return json["ok"] != nil || json["code"] != nil
    }

    /// Judged by how it begins; nothing at all is an answer, too.
    fileprivate var looksLikeJSON: Bool {
        let first = body.first { $0 > 0x20 && $0 < 0x7F }
        return first == nil || first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    /// Whether the release has no endpoint for what was sent, as far as one answer can show.
    var saysNoSuchOperation: Bool {
        ProbeResult(self, to: .assetDetails).isCertainMiss
    }
}
