package Greet;

sub say {
	print "greetings from perl\n";
}

1;
