using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <summary>For each of some samples, the units whose output gradient is not zero.</summary>
internal readonly ref struct NonZeroUnits
{
    /// <summary>Units of a word.</summary>
    public const int OfWord = 64;

    private readonly ReadOnlySpan<ulong> _bits;

    /// <summary>Looks at the gradients of the samples [<paramref name="first"/>, <paramref name="end"/>).</summary>
    /// <param name="dy">[Samples, UnitStride].</param>
    /// <param name="first">The first sample.</param>
    /// <param name="end">One past the last (exclusive).</param>
    /// <param name="scratch"><see cref="Length"/>.</param>
    /// <param name="geometry">The sizes.</param>
    public NonZeroUnits(ReadOnlySpan<float> dy, int first, int end, Span<float> scratch, DenseGeometry geometry)
    {
        Words = WordsOf(geometry);
        Span<ulong> bits = MemoryMarshal.Cast<float, ulong>(scratch)[..((end - first) * Words)];
        _bits = bits;
        int at = 0, count = 0;
        for (int n = first; n < end; n++)
        {
            for (int word = 0; word < Words; word++)
            {
                int unit = word * OfWord;
                ulong units = Bits(dy.Slice((n * geometry.UnitStride) + unit, Math.Min(OfWord, geometry.Units - unit)));
                count += BitOperations.PopCount(units);
                bits[at++] = units;
            }
        }

        Share = count / (double)Math.Max(1, (end - first) * geometry.Units);
    }

    /// <summary>Words per sample.</summary>
    public int Words { get; }

    /// <summary>Their share of all.</summary>
    public double Share { get; }

    /// <summary>Bit o is set if the gradient of unit 64 · <paramref name="word"/> + o is not zero.</summary>
    /// <param name="sample">The sample, counted from the first.</param>
    /// <param name="word">Which 64 units.</param>
    public ulong this[int sample, int word] => _bits[(sample * Words) + word];

    /// <summary>For each unit its samples, a bit for each of up to 32.</summary>
    /// <param name="samples">Whole lanes.</param>
    public void SamplesOf(Span<int> samples)
    {
        Vector512<int> own = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        for (int o = 0; o < samples.Length; o += Vector512<int>.Count)
        {
            Vector512<int> set = Vector512<int>.Zero, sample = Vector512<int>.One;
            for (int at = o / OfWord; at < _bits.Length; at += Words, sample <<= 1)
            {
                Vector512<int> units = Vector512.Create((int)(_bits[at] >> (o % OfWord))) & own;
                set |= Vector512.AndNot(sample, Vector512.Equals(units, Vector512<int>.Zero));
            }

            set.StoreUnsafe(ref samples[o]);
        }
    }

    /// <summary>Floats of scratch memory.</summary>
    public static int Length(int samples, DenseGeometry geometry) => checked(Lanes.RoundUp(2 * samples * WordsOf(geometry)));

    private static int WordsOf(DenseGeometry geometry) => (geometry.Units + OfWord - 1) / OfWord;

    private static ulong Bits(ReadOnlySpan<float> deltas)
    {
        ulong units = 0;
        int o = 0;
        for (; o <= deltas.Length - Vector512<float>.Count; o += Vector512<float>.Count)
        {
            Vector512<float> sixteen = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(deltas), (nuint)o);
            units |= (ulong)(ushort)~Vector512.Equals(sixteen, Vector512<float>.Zero).ExtractMostSignificantBits() << o;
        }

        for (; o < deltas.Length; o++)
        {
            units |= deltas[o] == 0f ? 0 : 1UL << o;
        }

        return units;
    }
}
