namespace ConvNN.Model.Options;

/// <summary>Thrown for an invalid configuration; reports all failures at once.</summary>
public sealed class ConfigurationException : ConvNNException
{
    /// <summary>Creates the exception for one failure.</summary>
    public ConfigurationException(Failure failure)
        : this([failure])
    {
    }

    /// <summary>Creates the exception for several failures.</summary>
    /// <param name="failures">What is wrong.</param>
    /// <param name="innerException">The exception that caused them, if any.</param>
    public ConfigurationException(IReadOnlyList<Failure> failures, Exception? innerException = null)
        : base(string.Join(Environment.NewLine, failures), innerException)
    {
        Failures = failures;
    }

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<Failure> Failures { get; }
}
