/// The text that the coder of directories has seen before it begins.
///
/// It holds what directories repeat: keys, operators and their usual attributes. It is a part of
/// version 1 of the format: changing it makes older files unreadable.
enum SQZPriming {
  static let bytes = [UInt8](text.utf8)

  private static let text =
    #"["AveragePool",{"countsPadding":false,"# + window(kernel: 3, stride: 2, padding: 1)
    + #"["BatchNormalization",{"epsilon":1e-05}],["Add",{}],["Multiply",{}],["Sigmoid",{}],"#
    + #"["Clip",{"lower":0,"upper":6}],["HardSwish",{}],["LeakyReLU",{"slope":0.01}],"#
    + #"["Constant",{"spec":{"shape":{"dimensions":[1,32,1,1]},"type":"float32"}}],"#
    + #"["Transpose",{"order":[0,2,3,1]}],["Reshape",{"allowsZero":false,"dimensions":[0,-1]}],"#
    + #"["Resize",{"coordinates":"asymmetric","interpolation":{"nearest":{"_0":"floor"}},"target":"#
    + #"{"scales":{"_0":[1,1,2,2]}}}],["Reduce",{"axes":[2,3],"keepsAxes":false,"kind":"mean"}],"#
    + #"["DropAxes",{"axes":[2,3]}],["Pad",{"begin":[0,0,1,1],"end":[0,0,1,1],"mode":"constant","#
    + #""value":0}],["ChannelShuffle",{"groups":2}],["GlobalAveragePool",{}],["Flatten","#
    + #"{"axis":1}],["FullyConnected",{"hasBias":true,"outputFeatures":10}],["Softmax",{"axis":1}]"#
    + #"],"outputs":["output"],"parameters":[0,1,0,1,0,1],"preprocessing":{"cropHeight":224,"#
    + #""cropWidth":224,"deviation":[0.229,0.224,0.225],"layout":"nchw","mean":[0.485,0.456,0.406],"#
    + #""order":"rgb","scale":0.003921569,"shorterSide":256}}"#
    + #"{"inputs":[["input",["N",3,224,224]]],"kinds":[{"attributes":{"axis":0,"bits":8,"high":127,"#
    + #""low":-127,"signed":1},"coder":"context","encoding":"integer","floats":[64],"integers":[64]},"#
    + #"{"coder":"context","encoding":"masked-codebook","floats":[255]},"#
    + #"{"encoding":"dense","floats":[null]}],"labels":[],"metadata":{"opset":"13","producer":"#
    + #""pytorch 2.1.0"},"name":"main_graph","nodes":[["conv1",0],["conv1/relu",1],["pool1",2],"#
    + #"["conv2/conv1x1_2",3],["conv2/conv1x1_2/relu",1],["conv2/conv3x3_2",4,["conv2/relu"]],"#
    + #"["conv2/conv3x3_2/relu",1],["conv2/concat",5,["conv2/conv1x1_2/relu","conv2/conv3x3_2/relu"]]"#
    + #"],"operators":["# + convolution + window(kernel: 3, stride: 2, padding: 1)
    + #"["ReLU",{}],["MaxPool",{"# + window(kernel: 3, stride: 2, padding: 0)
    + convolution + window(kernel: 1, stride: 1, padding: 0)
    + convolution + window(kernel: 3, stride: 1, padding: 1) + #"["Concatenate",{"axis":1}],"#

  private static let convolution =
    #"["Convolution",{"groups":1,"hasBias":true,"outputChannels":64,"#

  /// The rest of an operator with a sliding window.
  private static func window(kernel: Int, stride: Int, padding: Int) -> String {
    #""window":{"dilation":[1,1],"kernelSize":[\#(kernel),\#(kernel)],"padding":{"explicit":"#
      + #"{"begin":[\#(padding),\#(padding)],"end":[\#(padding),\#(padding)]}},"#
      + #""rounding":"down","stride":[\#(stride),\#(stride)]}}],"#
  }
}
