#pragma warning disable RS0030 // Here is the one place for the framework's hash.
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace ConvNN.Files;

/// <summary>
/// SHA-256 (FIPS 180-4) on every machine. The framework's is five times as fast, with the instructions of the processor, but ends the
/// process on a Linux without OpenSSL, as slim images are: there it is computed here.
/// </summary>
/// <remarks>It checks that files are whole; it is no place for secrets. Not thread-safe.</remarks>
public sealed class Sha256Hash
{
    private const int BlockLength = 64;
    private const int Words = BlockLength / sizeof(uint);
    private const int LengthField = sizeof(ulong);
    private const int Rounds = 64;
    private const int RoundsAtOnce = 8;     // after as many, each variable has its place again

    // As the runtime looks for it: by these names, the newest first.
    private static readonly bool HasFramework = !OperatingSystem.IsLinux() || new[] { "libssl.so.3", "libssl.so.1.1" }.Any(name => NativeLibrary.TryLoad(name, out _));

    private readonly IncrementalHash? _framework;
    private readonly uint[] _state = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
    private readonly byte[] _rest = new byte[BlockLength];
    private long _length;

    /// <summary>Begins a hash.</summary>
    public Sha256Hash()
        : this(HasFramework)
    {
    }

    /// <summary>Begins a hash by one of the two ways, which a test compares.</summary>
    internal Sha256Hash(bool byFramework) =>
        _framework = byFramework ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;

    /// <summary>The round constants: the first bits of the fractional parts of the cube roots of the first 64 primes.</summary>
    private static ReadOnlySpan<uint> Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>The hash of some bytes, as 64 lower-case hexadecimal digits.</summary>
    /// <param name="data">The bytes.</param>
    public static string Of(ReadOnlySpan<byte> data)
    {
        Sha256Hash hash = new();
        hash.Append(data);
        return hash.Hex();
    }

    /// <summary>The hash of the rest of a stream, as 64 lower-case hexadecimal digits.</summary>
    /// <param name="stream">The stream.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Of(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Sha256Hash hash = new();
        byte[] buffer = new byte[1 << 16];
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            hash.Append(buffer.AsSpan(0, count));
        }

        return hash.Hex();
    }

    /// <summary>Hashes further bytes.</summary>
    /// <param name="data">The bytes.</param>
    public void Append(ReadOnlySpan<byte> data)
    {
        if (_framework is not null)
        {
            _framework.AppendData(data);
            return;
        }

        int begun = (int)(_length % BlockLength);
        _length += data.Length;
        if (begun > 0)
        {
            int taken = Math.Min(data.Length, BlockLength - begun);
            data[..taken].CopyTo(_rest.AsSpan(begun));
            data = data[taken..];
            if (begun + taken < BlockLength)
            {
                return;
            }

            Add(_state, _rest);
        }

        int whole = data.Length - (data.Length % BlockLength);
        Add(_state, data[..whole]);
        data[whole..].CopyTo(_rest);
    }

    /// <summary>The hash of all bytes so far, as 64 lower-case hexadecimal digits. More may be appended afterwards.</summary>
    public string Hex()
    {
        if (_framework is not null)
        {
            return Convert.ToHexStringLower(_framework.GetCurrentHash());
        }

        // A one, zeros, and the number of bits fill the last block, or one more.
        int begun = (int)(_length % BlockLength);
        Span<byte> end = stackalloc byte[begun + 1 + LengthField <= BlockLength ? BlockLength : 2 * BlockLength];
        end.Clear();
        _rest.AsSpan(0, begun).CopyTo(end);
        end[begun] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(end[^LengthField..], 8 * _length);
        uint[] state = [.. _state];
        Add(state, end);
        return string.Concat(state.Select(word => $"{word:x8}"));
    }

    // While the processor waits for one round's sums, it computes words for the rounds after the next ones: so the two are interleaved.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(Span<uint> state, ReadOnlySpan<byte> blocks)
    {
        Span<uint> w = stackalloc uint[Rounds];
        ReadOnlySpan<uint> k = Constants;
        for (; blocks.Length >= BlockLength; blocks = blocks[BlockLength..])
        {
            for (int i = 0; i < Words; i++)
            {
                w[i] = BinaryPrimitives.ReadUInt32BigEndian(blocks[(sizeof(uint) * i)..]);
            }

            uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
            for (int i = 0; i < Rounds; i += RoundsAtOnce)
            {
                if (i < Rounds - Words)
                {
                    FourWords(w.Slice(i, Words + 4));
                    FourWords(w.Slice(i + 4, Words + 4));
                }

                Round(a, b, c, ref d, e, f, g, ref h, k[i] + w[i]);
                Round(h, a, b, ref c, d, e, f, ref g, k[i + 1] + w[i + 1]);
                Round(g, h, a, ref b, c, d, e, ref f, k[i + 2] + w[i + 2]);
                Round(f, g, h, ref a, b, c, d, ref e, k[i + 3] + w[i + 3]);
                Round(e, f, g, ref h, a, b, c, ref d, k[i + 4] + w[i + 4]);
                Round(d, e, f, ref g, h, a, b, ref c, k[i + 5] + w[i + 5]);
                Round(c, d, e, ref f, g, h, a, ref b, k[i + 6] + w[i + 6]);
                Round(b, c, d, ref e, f, g, h, ref a, k[i + 7] + w[i + 7]);
            }

            state[0] += a;
            state[1] += b;
            state[2] += c;
            state[3] += d;
            state[4] += e;
            state[5] += f;
            state[6] += g;
            state[7] += h;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, uint c, ref uint d, uint e, uint f, uint g, ref uint h, uint word)
    {
        h += (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25)) + (g ^ (e & (f ^ g))) + word;
        d += h;
        h += (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22)) + ((a & b) ^ (c & (a ^ b)));
    }

    /// <summary>Words 16 to 19 of the message schedule from words 0 to 15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourWords(Span<uint> w)
    {
        Vector128<uint> early = Vector128.Create(w[1..]);
        Vector128<uint> sum = Vector128.Create(w) + Vector128.Create(w[9..])
            + (RotateRight(early, 7) ^ RotateRight(early, 18) ^ (early >>> 3));

        // The last two of the four need the first two. A lane beyond the vector is shuffled in as 0, which adds nothing.
        sum += Late(Vector128.Shuffle(Vector128.Create(w[12..]), Vector128.Create(2u, 3, 4, 4)));
        sum += Late(Vector128.Shuffle(sum, Vector128.Create(4u, 4, 0, 1)));
        sum.CopyTo(w[16..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Late(Vector128<uint> words) => RotateRight(words, 17) ^ RotateRight(words, 19) ^ (words >>> 10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateRight(Vector128<uint> words, int bits) => (words >>> bits) | (words << (32 - bits));
}
