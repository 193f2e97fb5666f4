import Foundation
import SqueezeEntropy
import SqueezeExperiments
import Testing

@Suite struct EventFileTests {
  /// RFC 3720, appendix B.4, and the mask of TensorFlow's `crc32c.h` worked out by hand.
  @Test func masksChecksums() {
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(EventRecord.masked(0) == 0xA282_EAD8)
    // 0xE3069283 turned right by 15 is 0x2507C60D.
    #expect(EventRecord.masked(0xE306_9283) == 0x2507_C60D &+ 0xA282_EAD8)
  }

  @Test("what is written can be read by a parser of its own")
  func roundTrips() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(in: folder.url, now: Date(timeIntervalSince1970: 1234.5))
    file.add([("step/loss", 2.5), ("step/rate", 0.1)], step: 3)
    file.add([("epoch/test_error", 1.58)], step: 300)
    try file.close()
    #expect(file.url.lastPathComponent.hasPrefix("events.out.tfevents.1234."))

    let events = try EventParser.events(in: [UInt8](Data(contentsOf: file.url)))
    #expect(events.count == 3)
    #expect(events[0].version == "brain.Event:2")
    #expect(events[0].seconds == 1234.5)
    #expect(events[1].step == 3)
    #expect(events[1].values == ["step/loss": 2.5, "step/rate": 0.1])
    #expect(events[2].step == 300)
    #expect(events[2].values == ["epoch/test_error": 1.58])
  }

  @Test func goingOnMakesAnotherFile() throws {
    let folder = try TemporaryFolder()
    let now = Date(timeIntervalSince1970: 99)
    let first = try EventFile(in: folder.url, now: now)
    let second = try EventFile(in: folder.url, now: now)
    #expect(first.url != second.url)
  }
}

/// Reads event files by the letter of the formats, sharing no code with the writer but the checksum.
private enum EventParser {
  struct Event {
    var seconds = 0.0
    var step = 0
    var version: String?
    var values: [String: Float] = [:]
  }

  struct Damage: Error { var reason: String }

  static func events(in bytes: [UInt8]) throws -> [Event] {
    var events: [Event] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard rest.count >= 12 else { throw Damage(reason: "cut in a head") }
      let head = rest.prefix(8)
      let count = Int(number(head))
      try check(head, rest.dropFirst(8).prefix(4))
      rest = rest.dropFirst(12)
      guard rest.count >= count + 4 else { throw Damage(reason: "cut in data") }
      try check(rest.prefix(count), rest.dropFirst(count).prefix(4))
      events.append(try event(rest.prefix(count)))
      rest = rest.dropFirst(count + 4)
    }
    return events
  }

  private static func check(_ data: ArraySlice<UInt8>, _ stored: ArraySlice<UInt8>) throws {
    // Undo the mask instead of applying it.
    let turned = UInt32(number(stored)) &- 0xA282_EAD8
    guard turned << 15 | turned >> 17 == CRC32C.checksum(data) else {
      throw Damage(reason: "checksum")
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func event(_ bytes: ArraySlice<UInt8>) throws -> Event {
    var event = Event()
    try fields(bytes) { field, value in
      switch field {
      case 1: event.seconds = Double(bitPattern: number(value))
      case 2: event.step = Int(number(value))
      case 3: event.version = String(decoding: value, as: UTF8.self)
      case 5:
        try fields(value) { field, value in
          guard field == 1 else { throw Damage(reason: "summary field \(field)") }
          var tag = ""
          var scalar: Float?
          try fields(value) { field, value in
            if field == 1 { tag = String(decoding: value, as: UTF8.self) }
            if field == 2 { scalar = Float(bitPattern: UInt32(number(value))) }
          }
          event.values[tag] = scalar
        }
      default: throw Damage(reason: "event field \(field)")
      }
    }
    return event
  }

  private static func fields(
    _ bytes: ArraySlice<UInt8>,
    _ take: (UInt64, ArraySlice<UInt8>) throws -> Void
  ) throws {
    var rest = bytes
    func varint() throws -> UInt64 {
      var (value, shift): (UInt64, UInt64) = (0, 0)
      while let byte = rest.popFirst() {
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      throw Damage(reason: "varint")
    }
    while !rest.isEmpty {
      let key = try varint()
      let count: Int
      switch key & 7 {
      case 0:
        let value = try varint()
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        try take(key >> 3, bytes[...])
        continue
      case 1: count = 8
      case 2: count = Int(try varint())
      case 5: count = 4
      default: throw Damage(reason: "wire type \(key & 7)")
      }
      guard rest.count >= count else { throw Damage(reason: "field \(key >> 3)") }
      try take(key >> 3, rest.prefix(count))
      rest = rest.dropFirst(count)
    }
  }
}
