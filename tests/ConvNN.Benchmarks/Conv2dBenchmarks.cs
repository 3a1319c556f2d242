using BenchmarkDotNet.Attributes;
using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Benchmarks;

/// <summary>Convolutions of 3×3: the first of the default network, and the second of the network of two blocks.</summary>
public class Conv2dBenchmarks : KernelBenchmarks
{
    private Conv2dGeometry _geometry;
    private AlignedBuffer _x = null!;
    private AlignedBuffer _dy = null!;
    private AlignedBuffer _w = null!;
    private AlignedBuffer _b = null!;
    private AlignedBuffer _y = null!;
    private AlignedBuffer _dx = null!;
    private AlignedBuffer _dw = null!;
    private AlignedBuffer _db = null!;
    private AlignedBuffer _scratch = null!;

    /// <summary>Channels, side of the input, filters.</summary>
    [Params("1×28×28 to 8", "32×13×13 to 64")]
    public string Sizes { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        (int channels, int side, int filters) = Sizes[0] == '1' ? (1, 28, 8) : (32, 13, 64);
        _geometry = new Conv2dGeometry
        {
            Samples = Samples,
            Channels = channels,
            Height = side,
            Width = side,
            Filters = filters,
            KernelHeight = 3,
            KernelWidth = 3,
        };
        _x = Filled(Samples * _geometry.InputStride);
        _dy = Filled(Samples * _geometry.OutputStride);
        _w = Filled(filters * _geometry.TapStride);
        _b = Filled(filters);
        _y = new AlignedBuffer(_dy.Length);
        _dx = new AlignedBuffer(_x.Length);
        _dw = new AlignedBuffer(_w.Length);
        _db = new AlignedBuffer(filters);
        _scratch = new AlignedBuffer(Math.Max(Definition.Conv2d.ScratchLength(_geometry), Vectors.Conv2d.ScratchLength(_geometry)));
    }

    [Benchmark(Baseline = true), BenchmarkCategory("forward")]
    public void Forward_Reference() => Forward(Definition.Conv2d);

    [Benchmark, BenchmarkCategory("forward")]
    public void Forward_Vectors() => Forward(Vectors.Conv2d);

    [Benchmark(Baseline = true), BenchmarkCategory("input gradient")]
    public void InputGradient_Reference() => InputGradient(Definition.Conv2d);

    [Benchmark, BenchmarkCategory("input gradient")]
    public void InputGradient_Vectors() => InputGradient(Vectors.Conv2d);

    [Benchmark(Baseline = true), BenchmarkCategory("weight gradient")]
    public void WeightGradient_Reference() => WeightGradient(Definition.Conv2d);

    [Benchmark, BenchmarkCategory("weight gradient")]
    public void WeightGradient_Vectors() => WeightGradient(Vectors.Conv2d);

    private void Forward(Conv2dKernels kernels) => kernels.Forward(_x.Span, _w.Span, _b.Span, _y.Span, _scratch.Span, _geometry);

    private void InputGradient(Conv2dKernels kernels) => kernels.InputGradient(_dy.Span, _w.Span, _dx.Span, _scratch.Span, _geometry);

    private void WeightGradient(Conv2dKernels kernels) =>
        kernels.ParameterGradient(_x.Span, _dy.Span, _dw.Span, _db.Span, Edges, _scratch.Span, _geometry);
}
