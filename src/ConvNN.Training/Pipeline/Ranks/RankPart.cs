using System.Runtime.InteropServices;

namespace ConvNN.Training.Pipeline.Ranks;

/// <summary>
/// What one rank has in a <see cref="RankMessage"/>. The values are listed once, in one order, and the same list counts their bytes, writes
/// them into the message and reads them out of it.
/// </summary>
internal ref struct RankPart
{
    private readonly Use _use;
    private Span<byte> _message;

    private RankPart(Use use, Span<byte> message)
    {
        _use = use;
        _message = message;
    }

    private enum Use
    {
        Count,
        Write,
        Read,
    }

    /// <summary>The bytes of the values so far.</summary>
    public int Length { get; private set; }

    /// <summary>A part whose bytes are counted.</summary>
    public static RankPart Counted() => new(Use.Count, []);

    /// <summary>A part that is written into a message.</summary>
    public static RankPart Written(Span<byte> message) => new(Use.Write, message);

    /// <summary>A part that is read out of a message.</summary>
    public static RankPart Read(Span<byte> message) => new(Use.Read, message);

    /// <summary>Adds values: copies them into the message, or out of it.</summary>
    /// <param name="values">The values.</param>
    public void Add<T>(scoped Span<T> values)
        where T : unmanaged
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(values);
        Length += bytes.Length;
        if (_use == Use.Count)
        {
            return;
        }

        Span<byte> place = _message[..bytes.Length];
        _message = _message[bytes.Length..];
        if (_use == Use.Write)
        {
            bytes.CopyTo(place);
        }
        else
        {
            place.CopyTo(bytes);
        }
    }

    /// <summary>Adds a value that is true for all ranks if it is for one.</summary>
    /// <param name="flag">The value of this rank; after reading, whether it or that of the part is true.</param>
    public void AddAny(ref bool flag)
    {
        int value = flag ? 1 : 0;
        Add(MemoryMarshal.CreateSpan(ref value, 1));
        flag |= value != 0;
    }
}
