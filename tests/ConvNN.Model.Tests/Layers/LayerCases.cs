using ConvNN.Model.Layers;

namespace ConvNN.Model.Tests.Layers;

/// <summary>A line per case of a layer: each goes through every test in <see cref="LayerCasesTests"/>.</summary>
public static class LayerCases
{
    public static IReadOnlyDictionary<string, LayerCase> All { get; } = new Dictionary<string, LayerCase>
    {
        ["conv2d"] = new(Shape.Image(1, 5, 6), new Conv2dOptions { Filters = 3, Kernel = 3 }, Shape.Image(3, 3, 4)),
        ["conv2d, wide rows"] = new(Shape.Image(2, 4, 21), new Conv2dOptions { Filters = 5, Kernel = 3 }, Shape.Image(5, 2, 19)),
        ["conv2d, stride"] = new(Shape.Image(2, 7, 6), new Conv2dOptions { Filters = 2, Kernel = 3, Stride = 2 }, Shape.Image(2, 3, 2)),
        ["conv2d, stride 1×2"] = new(Shape.Image(1, 4, 9), new Conv2dOptions { Filters = 2, Kernel = 2, Stride = new Size2d(1, 2) }, Shape.Image(2, 3, 4)),
        ["conv2d, padding"] = new(Shape.Image(2, 4, 5), new Conv2dOptions { Filters = 3, Kernel = 3, Padding = 1 }, Shape.Image(3, 4, 5)),
        ["conv2d, padding 2×0"] = new(Shape.Image(1, 3, 5), new Conv2dOptions { Filters = 2, Kernel = 3, Padding = new Size2d(2, 0) }, Shape.Image(2, 5, 3)),
        ["conv2d, no bias"] = new(Shape.Image(2, 4, 4), new Conv2dOptions { Filters = 2, Kernel = 2, Bias = false }, Shape.Image(2, 3, 3)),
        ["conv2d, dilation"] = new(Shape.Image(2, 7, 24), new Conv2dOptions { Filters = 3, Kernel = 3, Dilation = 2 }, Shape.Image(3, 3, 20)),
        ["conv2d, dilation 1×3, stride, padding"] = new(
            Shape.Image(1, 5, 9), new Conv2dOptions { Filters = 2, Kernel = 2, Dilation = new Size2d(1, 3), Stride = 2, Padding = 1 }, Shape.Image(2, 3, 4)),
        ["conv2d, groups"] = new(Shape.Image(4, 4, 5), new Conv2dOptions { Filters = 6, Kernel = 2, Groups = 2 }, Shape.Image(6, 3, 4)),
        ["conv2d, depthwise"] = new(Shape.Image(5, 5, 5), new Conv2dOptions { Filters = 5, Kernel = 3, Padding = 1, Groups = 5 }, Shape.Image(5, 5, 5)),
        ["conv2d, several channels"] = new(Shape.Image(5, 4, 4), new Conv2dOptions { Filters = 17, Kernel = 3 }, Shape.Image(17, 2, 2)),
        ["conv2d, kernel 5×2"] = new(Shape.Image(2, 6, 4), new Conv2dOptions { Filters = 2, Kernel = new Size2d(5, 2) }, Shape.Image(2, 2, 3)),
        ["conv2d, relu"] = new(Shape.Image(1, 4, 4), new Conv2dOptions { Filters = 3, Kernel = 2, Activation = Activation.Relu }, Shape.Image(3, 3, 3)),
        ["maxpool2d"] = new(Shape.Image(2, 4, 6), new MaxPool2dOptions { Window = 2 }, Shape.Image(2, 2, 3), ProbeValues.Distinct),
        ["maxpool2d, overlapping"] = new(Shape.Image(2, 7, 7), new MaxPool2dOptions { Window = 3, Stride = 2 }, Shape.Image(2, 3, 3), ProbeValues.Distinct),
        ["maxpool2d, window 1×3"] = new(Shape.Image(1, 3, 7), new MaxPool2dOptions { Window = new Size2d(1, 3) }, Shape.Image(1, 3, 2), ProbeValues.Distinct),
        ["maxpool2d, dropped edge"] = new(Shape.Image(1, 5, 5), new MaxPool2dOptions { Window = 2, Stride = new Size2d(2, 3) }, Shape.Image(1, 2, 2), ProbeValues.Distinct),
        ["averagepool2d"] = new(Shape.Image(2, 4, 6), new AveragePool2dOptions { Window = 2 }, Shape.Image(2, 2, 3)),
        ["averagepool2d, overlapping"] = new(Shape.Image(2, 7, 18), new AveragePool2dOptions { Window = 4, Stride = 2 }, Shape.Image(2, 2, 8)),
        ["averagepool2d, window 1×3"] = new(
            Shape.Image(1, 3, 7), new AveragePool2dOptions { Window = new Size2d(1, 3), Stride = 1 }, Shape.Image(1, 3, 5), IsExact: false),
        ["globalaveragepool"] = new(Shape.Image(3, 2, 4), new GlobalAveragePoolOptions(), Shape.Vector(3)),
        ["globalaveragepool, uneven"] = new(Shape.Image(2, 5, 7), new GlobalAveragePoolOptions(), Shape.Vector(2), IsExact: false),
        ["batchnorm2d"] = new(Shape.Image(3, 4, 5), new BatchNorm2dOptions { Epsilon = 0.01 }, Shape.Image(3, 4, 5), IsExact: false),
        ["dense"] = new(Shape.Vector(19), new DenseOptions { Units = 7 }, Shape.Vector(7)),
        ["dense, no bias"] = new(Shape.Vector(16), new DenseOptions { Units = 16, Bias = false }, Shape.Vector(16)),
        ["dense, many units"] = new(Shape.Vector(5), new DenseOptions { Units = 40 }, Shape.Vector(40)),
        ["dense, relu"] = new(Shape.Vector(11), new DenseOptions { Units = 9, Activation = Activation.Relu }, Shape.Vector(9)),
        ["dense, dropout"] = new(Shape.Vector(11), new DenseOptions { Units = 20, Dropout = 0.5 }, Shape.Vector(20)),
        ["dense, relu, dropout"] = new(Shape.Vector(6), new DenseOptions { Units = 20, Activation = Activation.Relu, Dropout = 0.75 }, Shape.Vector(20)),
        ["dense, softmax"] = new(Shape.Vector(6), new DenseOptions { Units = 3, Activation = Activation.Softmax }, Shape.Vector(3)),
        ["flatten"] = new(Shape.Image(2, 3, 5), new FlattenOptions(), Shape.Vector(30)),
        ["flatten, vector"] = new(Shape.Vector(5), new FlattenOptions(), Shape.Vector(5)),
        ["residual"] = new(Shape.Image(2, 3, 4), new ResidualOptions { Layers = 1 }, Shape.Image(2, 3, 4))
        {
            Before = [new Conv2dOptions { Filters = 2, Kernel = 1 }, new Conv2dOptions { Filters = 2, Kernel = 3, Padding = 1 }],
        },
        ["residual, projection"] = new(Shape.Image(2, 5, 4), new ResidualOptions { Layers = 1, Activation = Activation.Relu }, Shape.Image(3, 3, 2))
        {
            Before = [new Conv2dOptions { Filters = 3, Kernel = 3, Stride = 2, Padding = 1 }],
        },
        ["residual, vector"] = new(Shape.Vector(6), new ResidualOptions { Layers = 1 }, Shape.Vector(6)) { Before = [new DenseOptions { Units = 6 }] },
        ["relu"] = new(Shape.Vector(21), new ReluOptions(), Shape.Vector(21)),
        ["relu, image"] = new(Shape.Image(2, 3, 3), new ReluOptions(), Shape.Image(2, 3, 3)),
        ["dropout"] = new(Shape.Vector(70), new DropoutOptions { Rate = 0.5 }, Shape.Vector(70)),
        ["dropout, image"] = new(Shape.Image(3, 5, 5), new DropoutOptions { Rate = 0.75 }, Shape.Image(3, 5, 5)),
        ["dropout2d"] = new(Shape.Image(40, 2, 3), new Dropout2dOptions { Rate = 0.5 }, Shape.Image(40, 2, 3)),
        ["leakyrelu"] = new(Shape.Vector(21), new LeakyReluOptions { Slope = 0.25 }, Shape.Vector(21)),
        ["elu"] = new(Shape.Vector(21), new EluOptions { Alpha = 0.7 }, Shape.Vector(21), IsExact: false),
        ["gelu"] = new(Shape.Vector(21), new GeluOptions(), Shape.Vector(21), IsExact: false),
        ["silu"] = new(Shape.Image(2, 3, 7), new SiluOptions(), Shape.Image(2, 3, 7), IsExact: false),
        ["tanh"] = new(Shape.Vector(21), new TanhOptions(), Shape.Vector(21), IsExact: false),
        ["sigmoid"] = new(Shape.Vector(21), new SigmoidOptions(), Shape.Vector(21), IsExact: false),
        ["dense, sigmoid"] = new(Shape.Vector(5), new DenseOptions { Units = 3, Activation = Activation.Sigmoid }, Shape.Vector(3), IsExact: false),
        ["dropout of nothing"] = new(Shape.Vector(5), new DropoutOptions { Rate = 0 }, Shape.Vector(5)),
    };
}
