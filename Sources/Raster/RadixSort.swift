/// Sorts short lists of keys again and again in the same memory: stable, in time linear in their length.
///
/// Keys have 22 bits. What is sorted are numbers 0 ..< count, so that any number of planes can follow.
package struct RadixSorter {
  package static let keyBits = 22
  package static let largestKey = UInt32(1) << 22 - 1

  private let capacity: Int
  private let elements: UnsafeMutablePointer<UInt64>
  private let spare: UnsafeMutablePointer<UInt64>
  private let counts: UnsafeMutablePointer<Int32>
  /// Where the caller writes the keys, `capacity` of them.
  package let keys: UnsafeMutablePointer<UInt32>
  /// The sorted numbers after ``sort(_:)``: place i is taken by the item that stood at `order[i]`.
  package let order: UnsafeMutablePointer<UInt32>

  /// Lists of up to `capacity` items. Must be deallocated.
  package init(capacity: Int) {
    // Keys are written eight at a time.
    let room = max(1, capacity) + 8
    self.capacity = room
    elements = .allocate(capacity: room)
    spare = .allocate(capacity: room)
    counts = .allocate(capacity: 1 << 12)
    keys = .allocate(capacity: room)
    order = .allocate(capacity: room)
    elements.initialize(repeating: 0, count: room)
    spare.initialize(repeating: 0, count: room)
    counts.initialize(repeating: 0, count: 1 << 12)
    keys.initialize(repeating: 0, count: room)
    order.initialize(repeating: 0, count: room)
  }

  package func deallocate() {
    elements.deallocate()
    spare.deallocate()
    counts.deallocate()
    keys.deallocate()
    order.deallocate()
  }

  package static func bytes(capacity: Int) -> Int { (capacity + 8) * 24 + 1 << 14 }

  /// Sorts by the first `count` of ``keys``, which must not exceed ``largestKey``, into ``order``.
  package func sort(_ count: Int) {
    let count = min(count, capacity)
    // Small lists do not repay the clearing of large tables.
    if count <= 40 {
      insertionSort(count)
    } else if count < 1200 {
      sort(count, digits: 3, bits: 8)
    } else {
      sort(count, digits: 2, bits: 11)
    }
  }

  private func insertionSort(_ count: Int) {
    for i in 0..<count {
      // The number in the low half makes equal keys keep their order.
      let item = UInt64(keys[i]) << 32 | UInt64(UInt32(truncatingIfNeeded: i))
      var j = i
      while j > 0, elements[j - 1] > item {
        elements[j] = elements[j - 1]
        j -= 1
      }
      elements[j] = item
    }
    for i in 0..<count { order[i] = UInt32(truncatingIfNeeded: elements[i]) }
  }

  @inline(__always)
  private func sort(_ count: Int, digits: Int, bits: Int) {
    let size = 1 << bits
    let mask = UInt32(size - 1)
    counts.update(repeating: 0, count: digits * size)
    for i in 0..<count {
      let key = keys[i]
      counts[Int(key & mask)] &+= 1
      counts[size + Int((key &>> UInt32(bits)) & mask)] &+= 1
      if digits == 3 { counts[2 * size + Int((key &>> UInt32(2 * bits)) & mask)] &+= 1 }
    }
    for digit in 0..<digits {
      let table = counts + digit * size
      var sum: Int32 = 0
      for value in 0..<size {
        let n = table[value]
        table[value] = sum
        sum &+= n
      }
    }
    // First digit: from the keys. Last digit: only the numbers are wanted.
    for i in 0..<count {
      let key = keys[i]
      let slot = Int(key & mask)
      elements[Int(counts[slot])] = UInt64(key) << 32 | UInt64(UInt32(truncatingIfNeeded: i))
      counts[slot] &+= 1
    }
    var from = elements
    var to = spare
    for digit in 1..<digits {
      let table = counts + digit * size
      let shift = UInt64(32 + digit * bits)
      if digit == digits - 1 {
        for i in 0..<count {
          let item = from[i]
          let slot = Int(UInt32(truncatingIfNeeded: item &>> shift) & mask)
          order[Int(table[slot])] = UInt32(truncatingIfNeeded: item)
          table[slot] &+= 1
        }
      } else {
        for i in 0..<count {
          let item = from[i]
          let slot = Int(UInt32(truncatingIfNeeded: item &>> shift) & mask)
          to[Int(table[slot])] = item
          table[slot] &+= 1
        }
        swap(&from, &to)
      }
    }
  }
}
