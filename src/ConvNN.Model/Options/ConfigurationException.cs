namespace ConvNN.Model.Options;

/// <summary>A configuration that cannot be used: all its failures at once.</summary>
public sealed class ConfigurationException : ConvNNException
{
    /// <summary>Creates the exception of one failure.</summary>
    public ConfigurationException(Failure failure)
        : this([failure])
    {
    }

    /// <summary>Creates the exception of several failures.</summary>
    /// <param name="failures">What is wrong.</param>
    /// <param name="innerException">What found them, if it was not the thrower.</param>
    public ConfigurationException(IReadOnlyList<Failure> failures, Exception? innerException = null)
        : base(string.Join(Environment.NewLine, failures), innerException)
    {
        Failures = failures;
    }

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<Failure> Failures { get; }
}
