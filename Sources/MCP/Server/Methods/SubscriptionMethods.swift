import JSON
import JSONRPC

extension ConnectionMethod {
    static let subscriptions = [
        "resources/subscribe": ConnectionMethod(if: hasSubscribers) {
            (connection, _, params, context, _) throws(RPCError) in
            let uri = try uri(params)
            guard connection.server.resources?.exists(uri) != false else {
                throw .resourceNotFound(uri, for: context.revision)
            }
            try connection.subscriptions.subscribe(to: uri)
            return .now(.success(.emptyObject))
        },
        "resources/unsubscribe": ConnectionMethod(if: hasSubscribers) {
            (connection, _, params, _, _) throws(RPCError) in
            connection.subscriptions.unsubscribe(from: try uri(params))
            return .now(.success(.emptyObject))
        },
        "subscriptions/listen": ConnectionMethod(if: { server, revision in
            revision.isStateless && !server.changes.isEmpty
        }) { (connection, request, params, context, exchange) throws(RPCError) in
            try connection.listen(request.id, params, context.revision, in: exchange)
        },
    ]

    private static let hasSubscribers: @Sendable (Server, Revision) -> Bool = { server, revision in
        !revision.isStateless && server.changes.contains(.contents)
    }

    private static func uri(_ params: JSONObject) throws(RPCError) -> String {
        guard let uri = params["uri"]?.string, URIText.isValid(uri) else {
            throw .invalidParams("`uri` must be the URI of a resource.")
        }
        return uri
    }
}

extension ServerConnection {
    /// Stays open until the client cancels it or this side ends, also when nothing is left to listen to.
    fileprivate func listen(
        _ id: RequestID,
        _ params: JSONObject,
        _ revision: Revision,
        in exchange: Exchange
    ) throws(RPCError) -> Reply {
        let honoured = try SubscriptionFilter(filter: params["notifications"]).honoured(by: server.changes) {
            [server] uri in
            server.resources?.exists(uri) != false
        }
        try subscriptions.listen(id, honoured, to: exchange)
        let ending = server.projection(revision).result([.init("_meta", Subscription.meta(id))])
        return .open(StandingRequest(ending: EncodedJSON(ending)) { [subscriptions] in subscriptions.endListening(id) })
    }
}
