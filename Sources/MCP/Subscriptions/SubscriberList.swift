import Synchronization

/// All who may be notified that something has changed; none is kept here whose connection has ended.
final class SubscriberList: Sendable {
    private struct Member {
        weak let subscriptions: Subscriptions?
    }

    private let members = Mutex<[ObjectIdentifier: Member]>([:])

    var count: Int { members.withLock { $0.count } }

    func join(_ subscriptions: Subscriptions) {
        members.withLock { $0[ObjectIdentifier(subscriptions)] = Member(subscriptions: subscriptions) }
    }

    func leave(_ id: ObjectIdentifier) { members.withLock { $0[id] = nil } }

    func changed(_ change: ChangeEvent) {
        for subscriptions in members.withLock({ $0.values.compactMap { $0.subscriptions } }) {
            subscriptions.changed(change)
        }
    }
}
