using System.Runtime.InteropServices;
using ConvNN.Files;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Randomness;

namespace ConvNN.Model.Parameters;

/// <summary>
/// Where each parameter is in the flat buffer of a network: trained tensors first, in layer order, then the untrained ones.
/// A gradient is a buffer with the trained part only.
/// </summary>
public sealed class ParameterLayout
{
    private readonly List<Parameter> _parameters = [];
    private readonly Dictionary<Parameter, float[]> _starts = [];

    /// <summary>All parameters, in the order in which layers added them.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>All parameters in file order, that is sorted by name.</summary>
    public IEnumerable<Parameter> InFileOrder => _parameters.OrderBy(parameter => parameter.Name, StringComparer.Ordinal);

    /// <summary>Floats of the trained part, padding included: the length of a gradient.</summary>
    public int TrainedLength { get; private set; }

    /// <summary>Floats of the untrained part, padding included.</summary>
    public int UntrainedLength { get; private set; }

    /// <summary>Number of values that layers record about each leaf of a step.</summary>
    public int StatisticsLength { get; private set; }

    /// <summary>Floats of the whole buffer.</summary>
    public int Length => TrainedLength + UntrainedLength;

    /// <summary>Number of values that are trained or frozen, without padding: what is usually called the number of parameters.</summary>
    public long ParameterCount => _parameters.Where(p => p.IsTrained || p.IsFrozen).Sum(p => (long)p.Count);

    /// <summary>Number of trained values, without padding.</summary>
    public long TrainedCount => _parameters.Where(p => p.IsTrained).Sum(p => (long)p.Count);

    /// <summary>Adds a parameter after the others of its kind (trained or untrained).</summary>
    /// <param name="key">Its layer, and its name and number there.</param>
    /// <param name="dimensions">Its dimensions in files, outermost first.</param>
    /// <param name="initializer">How it is initialised.</param>
    /// <param name="isTrained">Whether the optimizer changes it, unless it is frozen.</param>
    /// <param name="isFrozen">Whether it belongs to a frozen layer: then it is among the untrained ones.</param>
    /// <exception cref="ArgumentException">Another parameter has the same name; names in a file must differ.</exception>
    /// <exception cref="OverflowException">The buffer would exceed <see cref="AlignedBuffer.MaxLength"/>.</exception>
    public Parameter Add(ParameterKey key, IReadOnlyList<int> dimensions, Initializer initializer, bool isTrained = true, bool isFrozen = false)
    {
        isFrozen &= isTrained;
        isTrained &= !isFrozen;
        Parameter parameter = new(this, key, dimensions, initializer, isTrained, isFrozen, isTrained ? TrainedLength : UntrainedLength);
        if (_parameters.Any(other => other.Name == parameter.Name))
        {
            throw new ArgumentException($"Two parameters are named {parameter.Name}; parameter names must be unique.", nameof(key));
        }

        if (checked(Length + parameter.Length) > AlignedBuffer.MaxLength)
        {
            throw new OverflowException($"With {parameter.Name}, the parameters exceed {AlignedBuffer.MaxLength} floats.");
        }

        if (isTrained)
        {
            TrainedLength += parameter.Length;
        }
        else
        {
            UntrainedLength += parameter.Length;
        }

        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>Reserves space for what a layer records about each leaf of a step.</summary>
    /// <param name="length">Number of values.</param>
    /// <returns>Index of the first value.</returns>
    /// <exception cref="OverflowException">The total would exceed 2³¹ − 1.</exception>
    public int AddStatistics(int length)
    {
        int start = StatisticsLength;
        StatisticsLength = checked(start + length);
        return start;
    }

    /// <summary>Lets a parameter begin with values of a trained model, rather than with those that its initializer gives.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="values">Its values, row by row, without padding.</param>
    /// <exception cref="ArgumentException">Their number is not that of the parameter.</exception>
    public void StartAt(Parameter parameter, float[] values)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(values);
        _starts[parameter] = values.Length == parameter.Count
            ? values
            : throw new ArgumentException($"{parameter.Name} has {parameter.Count} values, found {values.Length}.", nameof(values));
    }

    /// <summary>Creates a buffer and initialises every parameter: from the seed, unless <see cref="StartAt"/> has given its values.</summary>
    public AlignedBuffer Initialize(ulong seed)
    {
        AlignedBuffer weights = new(Length);
        foreach (Parameter parameter in _parameters)
        {
            RandomStream stream = new(seed, RandomPurpose.Initialization, parameter.Key.Ordinal, parameter.Key.Index);
            parameter.Initializer.Fill(stream, parameter.Values(weights.Span));
            for (int row = 0; row < parameter.Rows && _starts.TryGetValue(parameter, out float[]? start); row++)
            {
                start.AsSpan(row * parameter.RowLength, parameter.RowLength).CopyTo(parameter.Row(weights.Span, row));
            }
        }

        return weights;
    }

    /// <summary>
    /// The parameter that contains a float of the flat buffer, and the index within it, for messages:
    /// <c>conv1.weight[12]</c>, or <c>padding of conv1.weight</c>.
    /// </summary>
    public string Describe(int offset)
    {
        Parameter? parameter = _parameters.FirstOrDefault(p => p.Offset <= offset && offset < p.Offset + p.Length);
        if (parameter is null)
        {
            return $"[{offset}]";
        }

        (int row, int column) = Math.DivRem(offset - parameter.Offset, parameter.RowStride);
        return column < parameter.RowLength
            ? $"{parameter.Name}[{(row * parameter.RowLength) + column}]"
            : $"padding of {parameter.Name}";
    }

    /// <summary>
    /// SHA-256 over the values of all tensors in file order: sorted by name, rows without padding, little-endian.
    /// It equals the hash of the data part of the network's safetensors file.
    /// </summary>
    /// <param name="weights">A buffer of this layout.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public string Hash(ReadOnlySpan<float> weights)
    {
        Sha256Hash hash = new();
        foreach (Parameter parameter in InFileOrder)
        {
            for (int row = 0; row < parameter.Rows; row++)
            {
                Append(hash, parameter.Row(weights, row));
            }
        }

        return hash.Hex();
    }

    private static void Append(Sha256Hash hash, ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            hash.Append(MemoryMarshal.AsBytes(values));
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (float value in values)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            hash.Append(bytes);
        }
    }
}
