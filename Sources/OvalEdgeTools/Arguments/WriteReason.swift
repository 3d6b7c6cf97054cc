package import MCP
import OvalEdge

/// What every governed write can be given besides what it changes.
package struct WriteReason: Sendable {
    package let prompt: String?
    package let reason: String?
    package let idempotencyKey: String?
    package let dryRun: Bool

    package init(_ input: inout Arguments) {
        prompt = input.read("prompt", "What the person asked for, in their words; kept in OvalEdge's audit trail.")
        reason = input.read("reason", "Why it is changed; kept in OvalEdge's audit trail.")
        idempotencyKey = input.read("idempotency_key", "Your own key; repeat it when you repeat this call.")
        dryRun = input.read("dry_run", "Have OvalEdge check the change without making it.", default: false)
    }

    var context: WriteContext {
        WriteContext(isDryRun: dryRun, idempotencyKey: idempotencyKey, prompt: prompt, reason: reason)
    }
}
