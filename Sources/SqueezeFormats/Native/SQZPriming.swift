/// The text that the coder of directories has seen before it begins.
///
/// It holds what every directory repeats: keys, operators and their attributes. It is a part of
/// version 1 of the format: changing it makes older files unreadable.
enum SQZPriming {
  static let bytes = [UInt8](text.utf8)

  private static let text = """
    {"inputs":[["input",["N",3,224,224]]],"kinds":[{"coder":"context","encoding":"masked-codebook","floats":[255]},\
    {"encoding":"dense","floats":[null]}],"name":"model","nodes":[]}
    """
}
