using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests;

/// <summary>What random tensors hold.</summary>
public enum Content
{
    /// <summary>Uniform on [−1, 1).</summary>
    Plain,

    /// <summary>As a rectifier leaves it: half of the values are zeros, some of them −0.</summary>
    Sparse,

    /// <summary>Around 1e−23: products are subnormal or underflow to a zero of either sign.</summary>
    Tiny,

    /// <summary>All of these.</summary>
    Mixed,
}

/// <summary>Random tensors, the same for the same seed.</summary>
internal static class Tensors
{
    /// <summary>Row lengths padded to whole lanes; the padding is zero.</summary>
    public static float[] Rows(int rows, int length, int seed, Content content = Content.Plain)
    {
        Random random = new(seed);
        int stride = Lanes.RoundUp(length);
        float[] values = new float[rows * stride];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i % stride < length ? Value(random, content) : 0f;
        }

        return values;
    }

    /// <summary>Values without padding.</summary>
    public static float[] Values(int length, int seed, Content content = Content.Plain)
    {
        Random random = new(seed);
        float[] values = new float[length];
        foreach (ref float value in values.AsSpan())
        {
            value = Value(random, content);
        }

        return values;
    }

    /// <summary>NaNs, so that what a kernel does not assign shows.</summary>
    public static float[] Unassigned(int length)
    {
        float[] values = new float[length];
        Array.Fill(values, float.NaN);
        return values;
    }

    private static float Value(Random random, Content content) => content switch
    {
        Content.Plain => (2 * random.NextSingle()) - 1,
        Content.Sparse => random.Next(8) switch { 0 => -0f, < 4 => 0f, _ => random.NextSingle() },
        Content.Tiny => ((2 * random.NextSingle()) - 1) * (random.Next(3) == 0 ? 1e-20f : 1e-24f),
        _ => Value(random, (Content)random.Next(3)),
    };
}
