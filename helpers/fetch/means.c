#include "curl.h"
#include "fetch/means.h"

int
means_status(long status)
{
	switch (status) {
	case 304:
		return NET_SAME;
	case 404: case 410:
		return NET_MISSING;
	case 416:
		return NET_RANGE;
	case 408: case 425: case 429:
		return NET_PASSING;
	}
	return status >= 500 ? NET_PASSING : NET_REFUSED;
}

int
means_error(int code)
{
	switch (code) {
	case CURLE_FILE_COULDNT_READ_FILE:
	case CURLE_REMOTE_FILE_NOT_FOUND:
	case CURLE_FTP_COULDNT_RETR_FILE:
		return NET_MISSING;
	case CURLE_RANGE_ERROR:
	case CURLE_BAD_DOWNLOAD_RESUME:
	case CURLE_FTP_COULDNT_USE_REST:
		return NET_RANGE;
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
	case CURLE_FTP_ACCEPT_TIMEOUT:
	case CURLE_FTP_CANT_GET_HOST:
		return NET_PASSING;
	default:
		return NET_REFUSED;
	}
}
