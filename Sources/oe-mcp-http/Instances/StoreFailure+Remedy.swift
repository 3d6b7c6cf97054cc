import HTTP
import SharedStore

extension StoreFailure {
    /// What the operator can do about it, as a sentence; `setting` names the store.
    func remedy(naming setting: String = "MCP_STORE_URL") -> String {
        switch self {
        case .resting: "It is tried again by itself."
        case .notReached(let failure): failure.storeRemedy(naming: setting)
        case .notUnderstood:
            "Check that \(setting) names Redis 6.2 or newer, or Valkey, with rediss:// where it speaks TLS."
        case .notSignedIn:
            "Check the user, the password and the database in \(setting), and that it names the primary and no Sentinel."
        case .notPermitted:
            """
            Let the user of \(setting) do what is needed: ACL SETUSER NAME ~oe-mcp:* +get +set +del +exists +incr \
            +expire +pexpire +ttl +eval +ping +select, and for sign-ins +mget +zadd +zcard +zpopmin +zrangebyscore \
            +zremrangebyscore +info.
            """
        case .readOnly:
            "Let \(setting) name what always leads to the primary; connections are made again by themselves."
        case .full: "Raise maxmemory of the store, or set maxmemory-policy to volatile-ttl for a store of its own."
        case .busy: "Wait until it is ready; it is tried again by itself."
        case .elsewhere:
            "Let \(setting) name a store that is no cluster, or a proxy of the cluster, and start the server again."
        case .incapable:
            """
            Let \(setting) name Redis or Valkey itself, or an address that follows its primary: a Sentinel only says where \
            that is, and some proxies lack EVAL.
            """
        case .refused: "Check that \(setting) names Redis 6.2 or newer, or Valkey, and look into its log."
        case .noLibrary: "Install hiredis (on Debian 12: apt-get install libhiredis0.14)."
        }
    }
}

extension HTTPFailure {
    fileprivate func storeRemedy(naming setting: String) -> String {
        switch self {
        case .nameNotResolved, .addressNotValid: "Check the host in \(setting)."
        case .notTrusted(_, _, _, .authority):
            "Name the file with the certificate of its authority in OVALEDGE_CA_BUNDLE."
        case .notTrusted(_, _, _, .name): "Write the name that its certificate has into \(setting)."
        case .notTrusted(_, _, _, .time): "Renew its certificate, and check the clocks of both machines."
        case .notTrusted(_, _, _, .client):
            "Name a client certificate that it trusts in OVALEDGE_CLIENT_CERTIFICATE and OVALEDGE_CLIENT_KEY."
        case .notTrusted(_, _, _, .handshake): "Write redis:// in \(setting) where the store speaks no TLS."
        // A store that requires a certificate often ends the connection before its reason can be read.
        case .cutOff:
            """
            Write rediss:// in \(setting) where the store speaks TLS, and set OVALEDGE_CLIENT_CERTIFICATE where it \
            requires a certificate.
            """
        case .timedOut:
            "Look whether the store is stopped or busy, and write redis:// in \(setting) where it speaks no TLS."
        case .fileNotUsable: "Correct or remove the setting that names the file."
        case .proxyFailed: "Add the host of \(setting) to NO_PROXY, or have the proxy let it through."
        case .noClient: "Install libcurl (on Debian: apt-get install libcurl4)."
        default:
            "Start the store, and check the address in \(setting) and whether the network lets this machine reach it."
        }
    }
}
