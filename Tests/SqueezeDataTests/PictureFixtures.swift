import Foundation
import Testing

/// Small picture files made and decoded with Pillow 13 (libjpeg-turbo 3.2, own PNG writer for the
/// PNG files), each with the CRC-32 of the pixels Pillow gives.
struct PictureFixture: Sendable, CustomTestStringConvertible {
  var name: String
  var channels: Int
  var crc: UInt32
  var base64: String

  var testDescription: String { name }
  /// The file.
  var bytes: [UInt8] {
    [UInt8](Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
  }
}

extension PictureFixture {
  /// 23×17 pixels.
  static let jpeg = [
    PictureFixture(
      name: "colour420",
      channels: 3,
      crc: 0x814D600A,
      base64: """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsj
        HBYWICwgIyYnKSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo
        KCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wAARCAARABcDASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAA
        AAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAk
        M2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKT
        lJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QA
        HwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdh
        cRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hp
        anN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk
        5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwD36K7t/sZyVxivIfiNd2wEnSuijkuvsP8AF0rx/wCI0l1iT71f
        O5jRwn13fqehw3SxXsTlnvLb7W33aK4OR7kXRIJJor9Oy2jhPq8dTyMypYn6xLU+3Y/+PD8K8g+I3/LSiivxjMP9
        ++Z9nw3/AADxd/8Aj8aiiiv03Lf92ieRmX+8SP/Z
        """
    ),
    PictureFixture(
      name: "colour422",
      channels: 3,
      crc: 0x9C549DD8,
      base64: """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsj
        HBYWICwgIyYnKSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo
        KCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wAARCAARABcDASEAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAA
        AAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAk
        M2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKT
        lJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QA
        HwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdh
        cRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hp
        anN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk
        5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwD36K7t/sZyVxivIfiNd2wEnSvl8yy7/bfmdfDeNfsTxh7y2+1t
        92iv07Lcu/2eJ4+ZY2X1iR9ExyXX2H+LpXj/AMRpLrEn3q/Pcxx0frvzPouG8B+4PGpHuRdEgkmiv07LcdH6tE8j
        McD/ALRI+3Y/+PD8K8g+I3/LSvxLMP8AfvmfXcN/wDxd/wDj8aiv03Lf92ieRmX+8SP/2Q==
        """
    ),
    PictureFixture(
      name: "progressive444",
      channels: 3,
      crc: 0xBE5D64E0,
      base64: """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4R
        DgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU
        FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wgARCAARABcDAREAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAA
        Bwj/xAAXAQEBAQEAAAAAAAAAAAAAAAAGBwUB/9oADAMBAAIQAxAAAAF+w8YhM0sYro+iSuePm6aNVwdbki4QHaYL
        1of/AP/EABoQAAIDAQEAAAAAAAAAAAAAAAIDAAYTATP/2gAIAQEAAQUCF68bG9c69eokzCxk2ETNR8LFO+v/xAAe
        EQABBAEFAAAAAAAAAAAAAAAAAQMEBSECEyIxMv/aAAgBAwEBPwGqlrgalrtlpL1FTCyg3C4FpCyVPaDfgtD/xAAe
        EQACAQQDAQAAAAAAAAAAAAAABAUBAhIiESEyMf/aAAgBAgEBPwGXR7FUdyKQ1Jdy3moq5bmRTluJL/aifsivJ//E
        ABcQAAMBAAAAAAAAAAAAAAAAAAABAhD/2gAIAQEABj8CGPK2hn//xAAcEAACAgIDAAAAAAAAAAAAAAAAEQFREDEh
        QbH/2gAIAQEAAT8hoEiDGp1YttFgMOZZ4Zt//9oADAMBAAIAAwAAABCfrDb/AP/EABkRAQEBAAMAAAAAAAAAAAAA
        AAEAERAhMf/aAAgBAwEBPxBWIoC3QwdTXXI/d//EABoRAAICAwAAAAAAAAAAAAAAAAABESEQIDH/2gAIAQIBAT8Q
        tUNajo1hzixpi+Z//8QAHRABAAEDBQAAAAAAAAAAAAAAAQAQETEhUXGhwf/aAAgBAQABPxBjut6SHJvmcZtKrblg
        UFS3Kb2neZ//2Q==
        """
    ),
    PictureFixture(
      name: "grey",
      channels: 1,
      crc: 0x70B178C4,
      base64: """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAUDBAQEAwUEBAQFBQUGBwwIBwcHBw8LCwkMEQ8SEhEPERETFhwXExQa
        FRERGCEYGh0dHx8fExciJCIeJBweHx7/wAALCAARABcBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcI
        CQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcY
        GRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKj
        pKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APbf
        hT4utzp8YJGCtXviV4tt00x1UgDaa+NPij4vg/tJ+R96voj4UeHr77BHw3QVe+Jvh6+/s6Thvu18Z/E/w/fDU3O1
        j81foP8ACj/jwj+gq/8AE3/kHP8AQ18ZfFH/AJCT/wC9X//Z
        """
    ),
    PictureFixture(
      name: "cmyk",
      channels: 3,
      crc: 0xA7116D72,
      base64: """
        /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAFAwQEBAMFBAQEBQUFBgcMCAcHBwcPCwsJDBEPEhIRDxERExYcFxMUGhUR
        ERghGBodHR8fHxMXIiQiHiQcHh8e/8AAFAgAEQAXBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAAB
        AgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNi
        coIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SV
        lpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4E
        QwBNAFkASwAAPwDxD4reEbgahIQDkNXyLZW99/aSgK+7dya8h+DHia8+1Rct1Fer/B/xjEbKMZHQVR+GvhK4fU0Z
        gSdwr6i+B1tqXlw/f7V9g+EfE15/ZS8t92ur8e+MIV0twpAG2vsz4XeEJ/7NTg/dr3m/t9R/s9fv9q81+MPia89W
        +8P518bfFrxlF/aD/MPvV87/ABX8Q2P2+Tlepr47sNP07+1xwn3q80+C/g2L7TF8o6ivc/g94ZvPscXDdBVD4ZeI
        bH+0Y+V+9X1N8DtP07y4uE7V9f8AhPwhAulJuwMrxXV+P/DN5/Zj8N92vsz4YeILE6Yg3KPlr3a9sbE2QBRAoxg1
        5v8AGHwbF/dH3h/Ovjb4teGbz+0H4b71fnx8V/8Aj/k+pr8zrD/kLj/erzv4L/8AH1F9RX3T8Hv+POL6CqPwy/5C
        KfUV9TfA7/VxfhX1z4d/5BUX0rrPH/8AyDH/AN2vs34Xf8g1P92veb7/AJB6fhXnvxh7/wC8P518a/Fr/kIP/vf1
        r//Z
        """
    ),
    PictureFixture(
      name: "ycck",
      channels: 3,
      crc: 0xCB2F6238,
      base64: """
        /9j/7gAOQWRvYmUAZAAAAAAC/9sAQwAFAwQEBAMFBAQEBQUFBgcMCAcHBwcPCwsJDBEPEhIRDxERExYcFxMUGhUR
        ERghGBodHR8fHxMXIiQiHiQcHh8e/9sAQwEFBQUHBgcOCAgOHhQRFB4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4e
        Hh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4e/8AAFAgAEQAXBAEiAAIRAQMRAQQiAP/EAB8AAAEFAQEBAQEBAAAAAAAA
        AAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHw
        JDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqS
        k5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/E
        AB8BAAMBAQEBAQEBAQEAAAAAAAABAgMEBQYHCAkKC//EALURAAIBAgQEAwQHBQQEAAECdwABAgMRBAUhMQYSQVEH
        YXETIjKBCBRCkaGxwQkjM1LwFWJy0QoWJDThJfEXGBkaJicoKSo1Njc4OTpDREVGR0hJSlNUVVZXWFlaY2RlZmdo
        aWpzdHV2d3h5eoKDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uLj
        5OXm5+jp6vLz9PX29/j5+v/aAA4EAQACEQMRBAAAPwD6ZhvrP+zzkpt214d8Xr6xAkHy966mGW//ALM/i+7Xhnxe
        lv8AEv3u9fH5xhsA8z36nrcG0Md9W3PVvg/4xiNlHyOgrqvHvjCFdLcKQBtryn4PeGbz7HFw3QV1nj/wzef2Y/Df
        drjpL+x+3t93vRXm0sl6L4kFieciiv27JsPgPqcNT5/OaGO+ty1PmH4teMov7Qf5h96iuU+LXhm8GoucN96iv0Jh
        /wCQZ/wGvDfi7/y1/Giiv5vzf/kafM/R+Df91Pun4Pf8ecX0FdX4/wD+QY/+7RRXgUv/ACEG+pooor9syX/c4Hz+
        df75I+Nvi1/yEH/3v60UUV//2Q==
        """
    ),
  ]

  /// 7×5 pixels; of 16 bits the upper eight count, without alpha.
  static let png = [
    PictureFixture(
      name: "grey1",
      channels: 1,
      crc: 0xAB87DB65,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFAQAAAACh4ct1AAAAEElEQVR42mNoYNjAEAOETwANHgLN00Ee3wAAAABJ
        RU5ErkJggg==
        """
    ),
    PictureFixture(
      name: "grey4",
      channels: 1,
      crc: 0xB4CA9ABA,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFBAAAAABpAUQFAAAAIklEQVR42mMQXXjVgKHvrcMBhj0MrQkMj1t9FBgC
        VXYWAAB5ZwlKc4WPbgAAAABJRU5ErkJggg==
        """
    ),
    PictureFixture(
      name: "grey8gamma",
      channels: 1,
      crc: 0x379E14BE,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAAAAACs8akEAAAABGdBTUEAAYagMeiWXwAAADFJREFUeNpj0D5zxoY/
        UJXhTGujV+N3G4YjzAHv7oteZ7hREvfr89o0BtP3Ln1rbAMAWRoR/sDd1fwAAAAASUVORK5CYII=
        """
    ),
    PictureFixture(
      name: "grey16",
      channels: 1,
      crc: 0xB769E5F2,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFEAAAAAD8YXVHAAAAVklEQVR42gFLALT/AL3NMomspPHQryilbHa9APfH
        OM1bGKQUp54baimKALE11ziiqO75YGNUaMxsAAqEMasxYWP1KCrMRdi3AGFmB4K2mBuVnM0ry/DlcRIkgomTDO0A
        AAAASUVORK5CYII=
        """
    ),
    PictureFixture(
      name: "greyAlpha8",
      channels: 1,
      crc: 0x9391C0EE,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAQAAAAjkz5TAAAAVklEQVR42gFLALT/AK39nblgzxwnXLZ82PFmAGyN
        pXqa9btRbGYmAMprAFqhkO+d7JRTUv2WMNTSAAIosWdXEjDb1dSSI1KGAP5CjH2AjbQb+93ER3BymAAli0S0LzoA
        AAAASUVORK5CYII=
        """
    ),
    PictureFixture(
      name: "rgb8",
      channels: 3,
      crc: 0x9244AA3F,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAIAAAAG+GGPAAAAeUlEQVR42gFuAJH/AE8OvgDDMaRXPO154zB7WHQD
        qljbNgBWC8uIZuqY9ryVgDOwyrJpAbwKzSYATjaKNEIM+zcxmSTiyFlmXbxqSa4jAMlt8EJg37QKVwTSaju53hqB
        XbnuiAC/UJR+uww8C/qHfXoI1dgFn45hfeF+ozH6i8AodAAAAABJRU5ErkJggg==
        """
    ),
    PictureFixture(
      name: "rgb8interlaced",
      channels: 3,
      crc: 0x696504A7,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAIAAAFx/1EZAAAAf0lEQVR42gF0AIv/AJl9ugA/XY0ADwU2Pk2cAJCe
        fTAO/QCaEfsa/toAsHI/MZWtjC50fQfsALGG1Jed5las0wAeEH1hgA4cRmoAuGprfOPB1+t8AIK/wvQIS/txZUIF
        C/kEIz9I3FMpZABrMzK7cEBzMSlS9heL73Zdji2yAJDMrzAncY2zwgAAAABJRU5ErkJggg==
        """
    ),
    PictureFixture(
      name: "rgb16",
      channels: 3,
      crc: 0xE91A8EC1,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFEAIAAABWaL3MAAAA4klEQVR42gHXACj/ALbXZWQi8cgcNOBSld39oC9M
        ZYHLnNgau0YGwoKgqdKsvCh7pExpY1QzmQDyjgfoX9IRf+Eup25rJ8rBX553AlyGwkMPW4w9Rv753Tq/ZjgP9X+5
        iqQAwL1xND/HBm3p8SfqxeXrMFLZIjOxj1+SCTPzZug0HQS6EWjqEPXNFdpmAATiGxgRXPVV7g/Wha8pF6hC04Q0
        evAa5D+7sxjkdhv68yZRPBIu6kWGKgCp2S8d6NZnhV81vb7A7LacO70wl5EHVRAI72zexl5i42nHrqD4+MnRJWmI
        vmpmJlmvwwAAAABJRU5ErkJggg==
        """
    ),
    PictureFixture(
      name: "rgba8",
      channels: 3,
      crc: 0x693E3C10,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAYAAACJmvbYAAAAnElEQVR42gGRAG7/AFWJcDoRpl1R8tSA6I7rm1qR
        sc34QhpRk+PpfwsA9TsjOMiIeVl5t+HzIb2DXz8QVzvR5GVjyCcDNQD/cfQIrUMyoqjIMNdfDwgWEaYohy7A1tY+
        cNPPAAGqDqIPlO5o0UsDhO64OUJDkZWYNLz5NF11kuMAkvhIqLzW/nmYvhW5zo+qzX0Rp51CbU0fg2sRSebIRc2W
        AEJoAAAAAElFTkSuQmCC
        """
    ),
    PictureFixture(
      name: "rgba8gamma",
      channels: 3,
      crc: 0xFF0B1C39,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAYAAACJmvbYAAAABGdBTUEAAYagMeiWXwAAAJxJREFUeNoBkQBu/wCW
        Dy5FQP/mVpZxPiiytv9a5ezM0FWZlWqVchZvALHXhQSFYbyrE/A2h/wWTMtBoxIkT4CPcgqUSW0AQQUnW8rS9knq
        a3A5EMdZqYZ0YR675L555f54IQA9qel14hsgdzZNqO/SQPUDBdowz2yQjY3HtI7XAIQWPQKmP5UR8tIwkB+xWpJT
        h3NgKzi04tKZAcuTHUTDEAFslwAAAABJRU5ErkJggg==
        """
    ),
    PictureFixture(
      name: "rgba16",
      channels: 3,
      crc: 0xD5456D87,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFEAYAAADZCiqbAAABKElEQVR42gEdAeL+AOkHTuwXLzkzTmdeaXyBV5Fs
        iF8uNyCep7q2l17W0Sc6OkApPyouSumE3jXnJgoBA/CJT8XZ65u1ANW2B6RpYMfIyW00MGRI8bZ1NseyGy2s2wmU
        qlGrny2SMXk/NfTY72+QpOY6k5OZN+T+WhNMK5qUAALCWN44PwPXdTOM8ibjkbVH3SiQvNd0a2B+8dpXb9oFO8yf
        pIgUKyH+0/eTK0hbF9fyGGHGXUuPAJnbf5iK/kl8hR+GnhpRuueRpnmW/TE/y7qoLKZ3ceNPcVtukd6qT9wBmwqd
        MzCOtPUd9Y2nTkrqANPjXqGIp8tHCoyGtIlGPz6hO7f6FqPwcnsLs03xVdbqD+2CNAvQ+3waZByirptkR+SWTuAn
        /36Hht6MEsdhXAAAAAAASUVORK5CYII=
        """
    ),
    PictureFixture(
      name: "palette4",
      channels: 3,
      crc: 0x899917AC,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFBAMAAAB7tOvrAAAAMFBMVEWo5bir7qsUzvWZzAUlNdXOwK0GeD9g7IN2
        BFehfEcqSe0QwvoKZ84NjwImR4V2JGK9kSu+AAAAIklEQVR42mO4ad11gGGjeK4BQ/DRmg8MamcPLmAI1s9OAACA
        1wnpX3F+GAAAAABJRU5ErkJggg==
        """
    ),
    PictureFixture(
      name: "palette4transparent",
      channels: 3,
      crc: 0xC535B09C,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFBAMAAAB7tOvrAAAAMFBMVEWo5bir7qsUzvWZzAUlNdXOwK0GeD9g7IN2
        BFehfEcqSe0QwvoKZ84NjwImR4V2JGK9kSu+AAAAEHRSTlMAECAwQFBgcICQoLDA0ODwVOCoyAAAACJJREFUeNpj
        ePzs1gKGiYabNjCwHf+UwHArzOcBQwvztQ8AnzgMMABk9gMAAAAASUVORK5CYII=
        """
    ),
    PictureFixture(
      name: "rgb8transparent",
      channels: 3,
      crc: 0x956DA5D5,
      base64: """
        iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAIAAAAG+GGPAAAABnRSTlMAAQACAAPJS6v1AAAAeUlEQVR42gFuAJH/
        AITBnbhlfK9jBT/tLHZ8cqdy10aS0AD5c84Yk1nbfG1cVRp644cm27oJbKcAflit8gRSfSR1bW2nAHQCsn00dO9V
        AEsdgl3xrH/RxsOpAABWmX2j0LeQ1gDN9bC1EuX7/Y5MmspCH+fB//hXYn1fKDdOUA1X7QAAAABJRU5ErkJggg==
        """
    ),
  ]
}
