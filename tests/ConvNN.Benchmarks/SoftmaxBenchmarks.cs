using BenchmarkDotNet.Attributes;
using ConvNN.Kernels.Losses;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Benchmarks;

/// <summary>Softmax and cross-entropy of the samples of a step, ten classes each; scalar on every tier.</summary>
public class SoftmaxBenchmarks : KernelBenchmarks
{
    private const int Classes = 10;

    private readonly AlignedBuffer _z = Filled(Samples * Classes);
    private readonly AlignedBuffer _target = new(Samples * Classes);

    [Benchmark(OperationsPerInvoke = Samples), BenchmarkCategory("softmax")]
    public void Forward()
    {
        for (int n = 0; n < Samples; n++)
        {
            SoftmaxKernels.Forward(_z.Span.Slice(n * Classes, Classes), _target.Span.Slice(n * Classes, Classes));
        }
    }

    [Benchmark(OperationsPerInvoke = Samples), BenchmarkCategory("cross-entropy and its gradient")]
    public float CrossEntropy()
    {
        float sum = 0f;
        for (int n = 0; n < Samples; n++)
        {
            sum += SoftmaxKernels.CrossEntropy(_z.Span.Slice(n * Classes, Classes), n % Classes, _target.Span.Slice(n * Classes, Classes));
        }

        return sum;
    }
}
