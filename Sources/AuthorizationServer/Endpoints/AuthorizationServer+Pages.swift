import HTTP
import Logging
import OAuth

// Pages that say what happened and what to do.
extension AuthorizationServer {
    func deliver(_ status: HTTPStatus, _ page: SignInPage, cookies: [String] = [], after seconds: Int? = nil)
        -> HTTPResponse
    {
        let fields: HTTPFields = seconds.map { ["Retry-After": String($0)] } ?? [:]
        return .page(status, page, isSecure: isSecure, cookies: cookies, fields: fields)
    }

    func answerUnknownClient() -> HTTPResponse {
        deliver(
            .badRequest,
            pages.message(
                "This program is not known here",
                "The link that led here names a program that this server does not know, or no longer allows.",
                "Go back to the program, remove the connection and add it again.",
                "If that does not help, ask the operator of this server to allow the program."
            )
        )
    }

    func answerBadRedirect() -> HTTPResponse {
        deliver(
            .badRequest,
            pages.message(
                "This link leads back to the wrong place",
                "The address to which it would return is missing, or is not one that the program has registered.",
                "Nothing was granted. Start again from the program itself; if you got the link from someone else, do not use it."
            )
        )
    }

    func answerUnreadable() -> HTTPResponse {
        deliver(
            .badRequest,
            pages.message(
                "This request cannot be read",
                "Something of it is missing, came twice or was changed on its way.",
                "Start again from the program that you want to connect."
            )
        )
    }

    func answerExpired() -> HTTPResponse {
        deliver(
            410,
            pages.message(
                "This link has expired",
                "It is good for 15 minutes and for one answer.",
                "Go back to the program that you want to connect, and start again there."
            )
        )
    }

    func answerWithoutCookie() -> HTTPResponse {
        deliver(
            .badRequest,
            pages.message(
                "Your browser did not keep a cookie",
                "This page needs a cookie of this server, so that no one else can answer in your place.",
                "Windows inside other programs, and browsers that block all cookies, do not keep it.",
                "Open the link in your normal browser, or allow cookies for this server, and start again from the program."
            )
        )
    }

    func answerForeignForm() -> HTTPResponse {
        deliver(
            .forbidden,
            pages.message(
                "This form did not come from here",
                "It was sent by another page, or for another browser, so nothing was done.",
                "Start again from the program that you want to connect."
            )
        )
    }

    func answerTooMany(_ seconds: Int) -> HTTPResponse {
        let minutes = (seconds + 59) / 60
        return deliver(
            .tooManyRequests,
            pages.message(
                "Too many attempts",
                "There were too many attempts that failed, or too many requests from your network.",
                "Wait \(minutes) minute\(minutes == 1 ? "" : "s"), check what you type, and start again from the program."
            ),
            after: seconds
        )
    }

    func answerUnavailable() -> HTTPResponse {
        deliver(
            .serviceUnavailable,
            pages.message(
                "This server cannot do that at the moment",
                "It cannot look up connections. Nothing was changed.",
                "Try again in a minute; if it goes on, ask the operator of this server."
            ),
            after: 30
        )
    }

    /// What could not be done for a reason that the person has no part in.
    func answerFailure(_ error: any Error, _ request: EndpointRequest) -> HTTPResponse {
        let reason = (error as? GrantsUnavailable)?.reason ?? (error as? OAuthError)?.code.rawValue ?? "\(error)"
        log.write(.error, "sign-in page failed", [("request", request.id), ("reason", reason)])
        return answerUnavailable()
    }

    /// Whether a form was sent by a page of ours; browsers say so in one of two fields.
    func isFromOurPage(_ request: EndpointRequest) -> Bool {
        let site = request.fields.values("Sec-Fetch-Site")
        let origin = request.fields.values("Origin")
        guard site.count < 2, origin.count < 2, site.first.map({ ["same-origin", "none"].contains($0) }) ?? true else {
            return false
        }
        switch origin.first {
        case nil, configuration.issuer: return true
        case "null": return site.first == "same-origin"
        default: return false
        }
    }
}
