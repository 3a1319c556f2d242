using BenchmarkDotNet.Attributes;
using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Benchmarks;

/// <summary>What the benchmarks of kernels have in common: the kernels of the definition, those of the job's width, and memory filled alike.</summary>
[CategoriesColumn]
public abstract class KernelBenchmarks
{
    /// <summary>Images of a step.</summary>
    protected const int Samples = 64;

    /// <summary>The scalar loops that define each operation.</summary>
    protected static KernelSet Definition { get; } = KernelSet.For(KernelTier.Reference);

    /// <summary>The widest vectors that the job leaves.</summary>
    protected static KernelSet Vectors { get; } = KernelSet.For(KernelSet.BestTier);

    /// <summary>The samples of a step as the leaves of its sums.</summary>
    protected static int[] Edges { get; } = [.. Enumerable.Range(0, 9).Select(new LeafCut(Samples, 8).Start)];

    /// <summary>Floats between −1 and 1, the same each time.</summary>
    /// <param name="length">How many.</param>
    protected static AlignedBuffer Filled(int length)
    {
        AlignedBuffer buffer = new(length);
        Random random = new(length);
        foreach (ref float value in buffer.Span)
        {
            value = (2 * random.NextSingle()) - 1;
        }

        return buffer;
    }
}
